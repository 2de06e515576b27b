"""One spider per publishing platform; the file, the spider and the platform bear the same name."""
