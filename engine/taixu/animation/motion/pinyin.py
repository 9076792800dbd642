"""Chinese syllables to sounds: pinyin taken apart, and a small table of how the commonest characters are said.

Characters that the table lacks get the package pypinyin where it is installed, and an open syllable otherwise: lips go on.
"""

from __future__ import annotations

import re
import unicodedata
from importlib import import_module

__all__ = ["is_pinyin", "pinyin_of", "pinyin_sounds"]

_INITIALS = ("zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s", "y", "w")
_FINALS: dict[str, str] = {
    "a": "a", "o": "o", "e": "@", "i": "i", "u": "u", "v": "u", "ai": "a i", "ei": "e i", "ao": "a u", "ou": "o u", "an": "a n",
    "en": "@ n", "ang": "a ng", "eng": "@ ng", "ong": "o ng", "er": "@ r", "ia": "i a", "ie": "i e", "iao": "i a u", "iu": "i o u",
    "ian": "i e n", "in": "i n", "iang": "i a ng", "ing": "i ng", "iong": "i o ng", "ua": "u a", "uo": "u o", "uai": "u a i",
    "ui": "u e i", "uan": "u a n", "un": "u @ n", "uang": "u a ng", "ue": "u e", "ve": "u e", "van": "u e n", "vn": "u n",
}  # fmt: skip
_INITIAL_SOUNDS = {"q": "ch", "x": "sh", "zh": "j", "z": "z", "c": "s", "y": "", "w": "w", "j": "j"}
_TABLE = """
a啊阿 ai爱哎 an安按 ba把吧八爸 bai白百 ban办半班 bang帮 bao包保报 bei被北杯 ben本 bi比必笔 bian边变便 biao表 bie别
bing并病冰 bu不步部 cai才菜 can参餐 cao草 ceng层 cha茶查 chang长常场唱 che车 chen晨 cheng成城 chi吃 chu出处初 chuan船穿
chuang窗床 chun春 ci次此 cong从 cun村 da大打答 dai带代 dan但单蛋 dang当 dao到道刀 de的得地 deng等灯 di第低弟 dian点电店
ding定 dong东动冬 dou都 du度读 duan段短 dui对 duo多 e饿 er二儿而 fa发法 fan饭反 fang方放房 fei非飞 fen分 feng风
fu父服夫福 gai该改 gan感干敢 gang刚 gao高告 ge个歌各 gei给 gen跟 gong工公共 gou够狗 gu古故 gua瓜 guan关管 guang光 gui贵
guo过国果 hai还海孩 han汉 hao好号 he和喝河合 hei黑 hen很 hong红 hou后候 hu湖虎 hua话花画化 huai坏 huan欢换 huang黄
hui会回 huo火活或 ji几机己记鸡急 jia家加 jian见间件 jiang江讲 jiao叫教脚 jie接街节姐 jin今进近金 jing京经静 jiu就九酒
ju句 jue觉 kai开 kan看 kao考 ke可课客 kong空 kou口 ku苦 kuai快块 la啦拉 lai来 lan蓝 lao老 le了乐 lei累 leng冷
li里力李理立 lian连脸 liang两亮 lin林 ling零 liu六流 long龙 lou楼 lu路 lv绿旅 ma吗妈马 mai买卖 man慢满 mang忙 mao猫 me么
mei没每美妹 men们门 meng梦 mi米 mian面 min民 ming名明 mu木母目 na那拿哪 nan男南难 ne呢 neng能 ni你 nian年 niang娘 niao鸟
nin您 niu牛 nong农 nv女 pa怕 pao跑 peng朋 pian片 ping平 qi起七气其期 qian前钱千 qing请情清青 qiu秋球 qu去 quan全 que却
qun群 ran然 rang让 re热 ren人认 ri日 ru如入 san三 se色 shan山 shang上 shao少 she谁社 shen什身深神 sheng生声
shi是时事十使世市式识师 shou手受 shu书树数 shui水睡 shuo说 si四死思 song送 su诉 suan算 sui岁 suo所 ta他她它 tai太 tan谈
tian天田 tiao条跳 ting听 tong同 tou头 tu图土 wai外 wan完晚万玩 wang往王忘 wei为位 wen问文 wo我 wu五无物午屋 xi西习系喜洗
xia下夏 xian先现 xiang想向像相 xiao小笑校 xie些谢写 xin心新信 xing行星姓 xiong兄 xu需 xue学雪 xun寻 ya呀 yan言眼
yang样阳 yao要 ye也夜业 yi一以已意医衣 yin因音 ying应英 yong用 you有又友右 yu于雨语鱼与 yuan元远园 yue月 yun云 za杂
zai在再 zao早 ze则 zen怎 zhan站 zhang张 zhao找着 zhe这者 zhen真 zheng正 zhi知只之直 zhong中种重 zhou州 zhu主住 zhuang装
zhuo桌 zi子自字 zong总 zou走 zu足 zui最 zuo做作坐左
"""
_READINGS = {
    character: syllable
    for entry in _TABLE.split()
    if (match := re.match(r"([a-z]+)(.+)", entry))
    for syllable in [match[1]]
    for character in match[2]
}


def pinyin_of(character: str) -> str:
    """The syllable of a character, without its tone; "a" where nobody knows."""
    found = _READINGS.get(character)
    if found is None:
        try:
            module = import_module("pypinyin")
        except ImportError:
            return "a"
        found = str(module.lazy_pinyin(character)[0])
    return found


def is_pinyin(word: str) -> bool:
    """Whether a word carries marks or numbers of tones, and is Chinese in Latin letters."""
    plain = unicodedata.normalize("NFD", word)
    return any(mark in plain for mark in "\u0304\u0301\u030c\u0300") or bool(re.fullmatch(r"([a-zü]{1,6}[1-5])+", word))


def pinyin_sounds(word: str) -> list[str]:
    """The sounds of pinyin, with or without tones, one syllable or several.

    >>> pinyin_sounds("nǐhǎo"), pinyin_sounds("xue2")
    (['n', 'i', 'h', 'a', 'u'], ['sh', 'u', 'e'])
    """
    plain = unicodedata.normalize("NFD", word.lower()).replace("u\u0308", "v")
    plain = re.sub(r"[^a-z]", "", plain)
    sounds: list[str] = []
    while plain:
        initial = next((one for one in _INITIALS if plain.startswith(one)), "")
        rest = plain[len(initial) :]
        # The longest final after which another syllable can begin.
        sizes = [size for size in (4, 3, 2, 1) if rest[:size] in _FINALS and len(rest[:size]) == size]
        size = next((one for one in sizes if not rest[one:] or _begins(rest[one:])), sizes[0] if sizes else 0)
        if not size:
            plain = rest[1:] if not initial else rest
            continue
        final = rest[:size]
        if initial in ("j", "q", "x", "y") and final.startswith("u") and final != "u":
            final = "v" + final[1:] if "v" + final[1:] in _FINALS else final
        first = _INITIAL_SOUNDS.get(initial, initial)
        sounds += [first] if first else []
        if initial == "y" and not final.startswith(("i", "u", "v")):
            sounds.append("i")
        sounds += (["@"] if initial in ("zh", "ch", "sh", "r", "z", "c", "s") and final == "i" else _FINALS[final].split())
        plain = rest[size:]
    return sounds


def _begins(rest: str) -> bool:
    return any(rest.startswith(one) for one in _INITIALS) or rest[0] in "aeo"
