"""What nianbao costs in time and memory, measured on simulated reports and portals: ``python -m bench``."""
