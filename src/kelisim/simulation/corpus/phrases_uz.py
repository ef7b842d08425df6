"""Uzbek templates of the demonstration corpus; keys as in the Kazakh ones. All of it is invented."""

from __future__ import annotations

__all__ = ["COMMENTS", "INCIDENT", "POSTS"]

POSTS: dict[str, tuple[str, ...]] = {
    "": (
        "{p:loc} [ertaga|dushanbadan|shu hafta] suv [vaqtincha berilmaydi|jadval bilan beriladi]. [{n} km quvur "
        "almashtirilmoqda|Sababi – taʼmirlash].",
        "{p} tumanida [paxta|sholi|qovun|bugʻdoy] yigʻimi boshlandi. [Gektaridan {n} sentner kutilmoqda|Texnika yetarli "
        "deyishmoqda].",
        "{p:loc} [yangi maktab|{n} oʻrinli bogʻcha|sport zali] ochildi. [Qurilish ikki yil davom etdi|Mahalla ahli "
        "yigʻildi].",
        "Bozorda [piyoz|kartoshka|un|shakar] narxi [oshdi|tushdi]. {p:loc} kilosi {n}0 tenge.",
        "{p} jamoasi [finalga chiqdi|{q} jamoasini yutdi]. Keyingi oʻyin yakshanba kuni.",
        "Qoʻshnilar, {p:loc} [yoʻqolgan sigirni|qora itni] koʻrganlar [yozib yuboringlar|qoʻngʻiroq qilsin].",
    ),
    "F02": (
        "Aralash nikoh haqida nima deysiz? {p:loc} {g:sg} yigit va {h:sg} qiz [toʻy qildi|turmush qurdi]. [Bolalari ikki "
        "tilda gapiradi|Toʻyga {n} kishi keldi].",
    ),
    "F03": (
        "{p:loc} doʻkonda {g:lang:loc} gapirgani uchun [xizmat koʻrsatishmadi|janjal chiqdi]. [Doʻkon egasi uzr soʻradi|"
        "Video tarqaldi].",
        "Shifoxonada {g:lang:loc} soʻragan ayolga [qoʻpol javob berishdi|xizmat qilishmadi], {p} tumani. [Shikoyat "
        "yozildi|Tekshirilmoqda].",
    ),
    "F05": (
        "Tarmoqda {g:pl:acc} haqorat qilgan yozuv [tarqaldi|paydo boʻldi]. {p} aholisi [qoraladi|oʻchirishni soʻradi].",
    ),
    "F06": (
        "Mehnat muhojirlari {p:loc} [paxtada|qurilishda] ishlayapti. [Migratsiya politsiyasi hujjat tekshirdi|Hammasi "
        "roʻyxatdan oʻtgan].",
    ),
    "F08": (
        "{p:loc} [toʻyda|futbolda] {g:sg} va {h:sg} yigitlar urishib ketdi. [Politsiya {n} kishini olib ketdi|Kattalar "
        "ajratdi].",
    ),
    "F11": (
        "Birlik kuni {p:loc} {g:pl} va {h:pl} [bitta dasturxonga yigʻildi|qoʻshiq aytdi]. [{g:org} osh tarqatdi|{n}0 "
        "kishi keldi].",
        "Navroʻzda {g:org} [sumalak pishirdi|milliy taomlar tortdi], {p} tumani. [Bolalar sheʼr aytdi|Hammaga yetdi].",
    ),
    "F12": (
        "Doʻstlik uyida Assambleya [yigʻilishi|oqsoqollar kengashi bilan uchrashuvi] boʻldi, {p} tumani. [{g:org} ham "
        "qatnashdi|{n} nizo yarashtirildi].",
    ),
    "other": (
        "{p:loc} {g:pl} va {h:pl} [ariqni birga tozaladi|sel olgan uyni birga qurdi]. [Qoʻshni – qoʻshni|Hech kim "
        "millatini soʻramadi].",
    ),
}

INCIDENT: dict[str, tuple[str, ...]] = {
    "first": (
        "Kecha kechqurun {p:loc} futboldan keyin {g:sg} va {h:sg} yigitlar urishdi. Ikki kishi kasalxonada.",
    ),
    "spread": (
        "{p:loc} boʻlgan janjal haqida [video yuribdi|yangi xabar bor]: {g:pl} va {h:pl} orasida [{n} kishi olib ketildi|"
        "ikki tomondan ham jabrlanganlar bor]. [Mish-mishga ishonmang|Rasmiy xabarni kuting].",
    ),
    "calm": (
        "Oqsoqollar {p:loc} [ikki tomonni yarashtirdi|hammani bir dasturxonga oʻtqazdi]. {g:pl} va {h:pl} [bir-biridan "
        "uzr soʻradi|kelishdi]. Tinch boʻlaylik.",
    ),
}

COMMENTS: dict[str, tuple[str, ...]] = {
    "none": (
        "[Rahmat|Barakalla|Zoʻr]! [Omad|Bizda ham shunday boʻlsa edi|Shunday davom eting].",
        "[Qachon tugaydi|Qaysi koʻchada|Manzilini yozinglar]?",
        "{p:loc} ham [shunday|shu ahvol].",
        "[Necha pul|Kim biladi|Bolalar borsa boʻladimi]?",
    ),
    "neutral": (
        "{g:pl} [bizda koʻpdan yashaydi|biz bilan bir maktabda oʻqiydi].",
        "{g:lang} [maktabda bormi|kursi qayerda]?",
    ),
    "positive": (
        "Bizning {g:sg} qoʻshnilarimiz [juda yaxshi odamlar|doim yordamga keladi]. [Rahmat ularga|Omon boʻlishsin].",
        "{g:pl} va {h:pl} [ahil yashaydi|quda-anda boʻlib ketgan], [koʻz tegmasin|shuni yozinglar].",
    ),
    "negative": (
        "{g:pl} [faqat oʻzini oʻylaydi|gapga quloq solmaydi], [charchadim|toʻgʻri emas].",
        "[Yana|Doim] {g:pl} aybdor, [uyat emasmi|boshqa kim].",
    ),
    "complaint": (
        "Hokimiyatga aytinglar, {p:loc} [suv uch kundan beri yoʻq|yoʻl hali tuzatilmagan|maktabda joy yoʻq]. [Qachon hal "
        "qilasiz|Javob kutamiz]!",
    ),
    "complaint F03": (
        "Hurmatli hokim, {g:lang:loc} [sinf ochilmadi|xizmat koʻrsatilmaydi], arizaga javob yoʻq. [Chora koʻring|"
        "Yordam bering].",
    ),
    "calming": (
        "[Yoshlar|Birodarlar], tinch boʻlaylik, [mish-mishga ishonmang|igʻvoga berilmang]. {g:pl} va {h:pl} [qoʻshni|bir "
        "qishloqdan].",
    ),
    "call1": ("{g:pl} [haddidan oshdi|juda bosilmay qoldi], [qachongacha chidaymiz|yetar]!",),
    "call2": ("{g:pl} [bu yerdan ketsin|koʻchib ketsin], [ularga joy yoʻq|yetar]!",),
}
