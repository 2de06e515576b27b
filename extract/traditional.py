"""Traditional characters as rehosted copies print them, brought to simplified ones."""

import re

# Only the words of titles, of the period sentence and of the forms' labels, and the commonest of agency names: a
# character that is not listed stays as printed.
_PAIRS = (
    "萬万 機机 "
    "開开 報报 廣广 東东 發发 區区 縣县 鎮镇 鄉乡 團团 會会 員员 務务 與与 農农 業业 濟济 經经 貿贸 財财 稅税 運运 "
    "輸输 環环 護护 檢检 驗验 監监 審审 計计 統统 質质 術术 學学 體体 衛卫 療疗 藥药 檔档 館馆 處处 辦办 廳厅 產产 "
    "資资 國国 設设 規规 劃划 僑侨 賓宾 臺台 灣湾 蘇苏 滬沪 陝陕 甯宁 寧宁 遼辽 龍龙 黃黄 陽阳 陰阴 興兴 華华 豐丰 "
    "縉缙 雲云 貴贵 湯汤 漢汉 澤泽 贛赣 魯鲁 鄭郑 慶庆 營营 關关 門门 園园 島岛 點点 號号 數数 據据 應应 災灾 難难 "
    "糧粮 場场 電电 訊讯 網网 絡络 態态 樓楼 勞劳 動动 職职 協协 習习 訴诉 訟讼 複复 復复 聯联 繫系 時时 間间 轉转 "
    "結结 錄录 總总 狀状 況况 為为 無无 從从 給给 見见 現现 圖图 長长 馬马 鳳凤 雙双 貨货 幣币 險险 證证 組组 織织 "
    "鄰邻 順顺 義义 溫温 嶺岭 達达 滿满 維维 爾尔 諾诺 內内 鐵铁 錦锦 綿绵 縱纵 橫横 濱滨 瀋沈 陸陆 嶽岳 濰潍 岡冈 "
    "堯尧 閩闽 鹽盐 創创 際际 後后 "
    "項项 條条 讀读 編编 佈布 將将 "
    "專专 個个 舉举 於于 億亿 眾众 傳传 參参 併并 佔占 倣仿 價价 優优 儘尽 啟启 單单 圍围 執执 堅坚 廢废 徑径 徵征 "
    "採采 掛挂 擔担 斷断 標标 權权 構构 決决 準准 減减 滯滞 獲获 當当 確确 祕秘 禮礼 種种 稱称 穩稳 穫获 類类 紀纪 "
    "約约 納纳 級级 細细 終终 綱纲 線线 緊紧 續续 繳缴 罰罚 羅罗 聞闻 聽听 臨临 舊旧 範范 補补 製制 視视 覽览 覺觉 "
    "觀观 觸触 訂订 訓训 記记 許许 訪访 詢询 認认 誤误 請请 談谈 論论 議议 譯译 負负 責责 費费 購购 輛辆 輯辑 輿舆 "
    "轄辖 較较 週周 違违 過过 遞递 遲迟 選选 遺遗 釐厘 錢钱 錯错 閉闭 閱阅 隱隐 隸隶 雜杂 離离 題题 額额 驅驱 駁驳 "
    "勵励 勢势 歸归 註注 託托 庫库 廠厂 強强 彈弹 戶户 拋抛 損损 擾扰 擬拟 攜携 敗败 書书 欄栏 歷历 殘残 氣气 測测 "
    "滾滚 熱热 獎奖 礎础 筆笔 簡简 簽签 紙纸 紅红 絕绝 繼继 罷罢 腦脑 蓋盖 衝冲 裝装 裡里 話话 詳详 誰谁 調调 識识 "
    "變变 讓让 貢贡 販贩 買买 賣卖 賠赔 贏赢 趙赵 躍跃 軟软 載载 輕轻 連连 進进 郵邮 釋释 針针 銀银 銷销 閃闪 陳陈 "
    "隊队 階阶 隨随 雖虽 響响 頁页 頂顶 須须 預预 頻频 顯显 飛飞 養养 餘余 駐驻 鬧闹 麗丽 齊齐 齡龄 詐诈 鈎钩 鉤钩 "
    "糾纠 錶表 願愿 傑杰 僅仅 償偿 儲储 兩两 剛刚 別别 勝胜 匯汇 帶带 師师 幫帮 對对 導导 尋寻 "
    "問问 沒没 層层 屬属 歲岁 嚴严"
)
_SIMPLIFIED = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})
# Nearly no text has one: to look for them is much faster than to translate.
_TRADITIONAL = re.compile("[" + "".join(map(chr, _SIMPLIFIED)) + "]")

# Words for which Taiwan has others; conversion of the characters does not restore them.
_WORDS = {"资讯": "信息", "档案": "文件", "专案": "项目", "程式": "程序", "民众": "群众", "网路": "网络"}


def in_simplified_characters(text: str) -> str:
    """The text with each traditional character replaced, of the same length."""
    return text.translate(_SIMPLIFIED) if _TRADITIONAL.search(text) else text


def simplified(text: str) -> str:
    "A label in simplified characters, with the mainland's words (規範性檔案: 规范性文件); for comparing only."
    converted = in_simplified_characters(text)
    if converted != text:
        for other, word in _WORDS.items():
            converted = converted.replace(other, word)
    return converted
