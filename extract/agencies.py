"""Names of agencies: their level, the full name behind a bare place, and whether two names mean the same one."""

import re

# The cities of prefecture level, past ones of the Regulation's years included. Every other 市 is of county level: the
# name alone does not tell 金华市 from 诸暨市.
_PREFECTURE_CITY_NAMES = """
石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州
临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 沈阳 大连 鞍山 抚顺 本溪 丹东
锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春 吉林 四平 辽源 通化 白山 松原 白城 哈尔滨 齐齐哈尔 鸡西 鹤岗
双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江
泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆
黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江
新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 莱芜 临沂 德州
聊城 滨州 菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店
武汉 黄石 十堰 宜昌 襄阳 襄樊 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界
益阳 郴州 永州 怀化 娄底 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远
东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 海口 三亚
三沙 儋州 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 贵阳
六盘水 遵义 安顺 毕节 铜仁 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 拉萨 日喀则 昌都 林芝 山南 那曲 西安 铜川
宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 西宁
海东 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密
"""
_PREFECTURE_CITIES = frozenset(_PREFECTURE_CITY_NAMES.split())
_MUNICIPALITIES = ("北京市", "上海市", "天津市", "重庆市")
# A 区 that is a part of the state's territory with a government, not a zone, a park or a campus.
_DISTRICT = r"浦东新区|滨海新区|特区|自治区|(?<![新开发园景社港库片地牧灾校厂学])区"
_PLACE = re.compile(rf"(?:[省市县旗镇乡]|自治州|苏木|{_DISTRICT})$")
_ZONE = re.compile(
    r"(?:高新|产业|技术|保税|度假|名胜|示范|试验|实验|管理|合作|工业|经济|经贸|自贸|功能|集中|加工|经济特)区$"
)
_ZONE_COMMITTEE = re.compile(r"(?:区|园|城|港|岛|山|带|基地|枢纽|湖|口岸)(?:管理委员会|管委会)$")
_TOWN = re.compile(r"(?:街道办事处|街道办|街道|街办|地区办事处|[镇乡]|苏木)$")
_DEPARTMENT = re.compile(r"(?:[局厅委办部署行处队所站院社会馆]|部门|中心|海关|总队|公室)$")
_OTHER = re.compile(r"(?:村(?:民)?委(?:员)?会|居(?:民)?委(?:员)?会|公司|集团|大学|学院|学校|医院|电视台)$")
_GOVERNMENT = re.compile(r"(?:人民政府|行政公署|政府)$")
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_OFFICE = re.compile(r"(?:(?:政务|政府信息)公开(?:工作)?(?:领导小组)?)?(?:办公[室厅]|办|机关|本级|部门)$")


def whole_name(name: str) -> str:
    """The government's name for a bare place (洪泽区, 五泄镇政府: 人民政府; 城北街道: 办事处); others as they are."""
    place = name.removesuffix("政府").removesuffix("人民")
    if place.endswith("街道"):
        return f"{place}办事处"
    if _PLACE.search(place) and not _ZONE.search(place):
        return f"{place}人民政府"
    return name


def agency_level(name: str) -> str:
    """Level of an agency by its name: province, city, county, town, department or other.

    The first four are governments: ``county`` holds districts, banners and cities of county level, ``town`` also
    streets. ``department`` is every other organ of whatever level, the office (办公室) of a government included.
    ``other`` are development zones and their committees, bodies that are not organs, and names that tell nothing.
    """
    plain = re.sub(r"(?:机关|本级)$", "", _BRACKETS.sub("", name).split(" ")[0].strip())
    if _GOVERNMENT.search(plain):
        return _place_level(_GOVERNMENT.sub("", plain), "other")
    if _ZONE_COMMITTEE.search(plain) or _OTHER.search(plain) or _ZONE.search(plain):
        return "other"
    if _TOWN.search(plain):
        return "town"
    if _DEPARTMENT.search(plain):
        return "department"
    return _place_level(plain, "other") if _PLACE.search(plain) or plain.endswith(("盟", "地区")) else "other"


def _place_level(place: str, unknown: str) -> str:
    if place.endswith(("省", "自治区")) or place in _MUNICIPALITIES:
        return "province"
    if _TOWN.search(place):
        return "town"
    if place.endswith(("自治州", "盟", "地区")):
        return "city"
    if place.endswith("市"):
        own = re.sub(r"^.*?(?:省|自治区)", "", place).removesuffix("市")
        return "city" if not own or own in _PREFECTURE_CITIES else "county"
    return "county" if place.endswith(("县", "区", "旗")) else unknown


def same_agency(one: str, other: str) -> bool:
    """Whether two names can mean one agency.

    They do when, without 人民政府, 办公室 and brackets, the shorter one's characters stand in the longer in order: so
    a place in front or a shortening (环保局, 环境保护局) is no difference. ``one`` is the report's agency, ``other``
    who compiled it: a government's own department (县行政审批局) may, a government for its department may not.
    """
    if _is_place(other) and agency_level(one) == "department" and not _is_place(one):
        return False
    a, b = _core(one), _core(other)
    if _in_order(a, b) or _in_order(b, a):
        return True
    return _is_place(one) and re.match(r"[省市县区旗州盟镇乡](?!场)", b) is not None


def _core(name: str) -> str:
    plain = _OFFICE.sub("", _BRACKETS.sub("", name).replace(" ", ""))
    return re.sub(r"(?:人民政府|政府)$", "", plain).replace("人民政府", "")


def _is_place(name: str) -> bool:
    """Whether the name is that of a government or of its office."""
    core = _core(name)
    return bool(_PLACE.search(core) or core.endswith(("街道", "街道办事处")))


def _in_order(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)
