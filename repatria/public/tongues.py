"""The languages that claims are read in: English, Ukrainian, Russian.

    >>> [tongue.code for tongue in TONGUES]
    ['en', 'uk', 'ru']
    >>> language_of("Обмін, за її словами, відбувся"), language_of("Обмен, по её словам, состоялся")
    ('uk', 'ru')
"""

from __future__ import annotations

import re

from repatria.public.tongue import Cue, Tongue, each, whole, words

# --- English ----------------------------------------------------------------------------------------------------------

_MONTHS = (
    "jan(?:uary|\\.)?", "feb(?:ruary|\\.)?", "mar(?:ch|\\.)?", "apr(?:il|\\.)?", "may", "june?", "july?",
    "aug(?:ust|\\.)?", "sep(?:tember|t\\.?|\\.)?", "oct(?:ober|\\.)?", "nov(?:ember|\\.)?", "dec(?:ember|\\.)?",
)  # fmt: skip
_SEASONS = {21: "spring", 22: "summer", 23: "autumn|fall", 24: "winter"}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_M = f"(?P<month>{'|'.join(_MONTHS)})"
_AUXILIARIES = "is|are|was|were|be|been|has|have|had|will|would|can|could|may|might|must|should|need|needs|did|does|do"

ENGLISH = Tongue(
    code="en",
    months=_MONTHS,
    seasons=_SEASONS,
    weekdays=_WEEKDAYS,
    full_date=(
        re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_M}\s+(?P<year>\d{{4}})", re.I),
        re.compile(rf"(?<!\w){_M}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)", re.I),
    ),
    day_and_month=(
        whole(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_M}"),
        whole(rf"{_M}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d,])"),
    ),
    end_of_month=whole(rf"(?:by|until|before)?\s*(?:the )?end of {_M}(?: (?P<year>\d{{4}}))?"),
    by_month=whole(rf"(?:by|in|before|until|since|from|of) (?:early |mid-|late )?{_M}(?: (?P<year>\d{{4}}))?(?! \d)"),
    season=whole(rf"(?:the|this|next|in|by) (?P<season>{'|'.join(_SEASONS.values())})"),
    weekday=whole(rf"(?:(?:on|by|until|into|before|since|last|late|early) )*(?P<weekday>{'|'.join(_WEEKDAYS)})"
        "(?: morning| evening| night| afternoon)?"),
    named=(
        (whole("today"), "today"), (whole("yesterday|the previous day|the day before"), "yesterday"),
        (whole("tomorrow"), "tomorrow"), (whole("(?:the )?end of (?:the|this) month"), "end-of-month"),
        (whole("(?:the )?end of (?:the|this) year|year['’]s end|year-end"), "end-of-year"),
        (whole("(?:the )?new year(?:['’]s(?: eve| day)?)?"), "new-year"), (whole("christmas"), "christmas"),
        (whole("this year"), "this-year"), (whole("next year"), "next-year"), (whole("this month"), "this-month"),
        (whole("next month"), "next-month"),
    ),
    overnight=whole("overnight|during the night|last night"),
    vague=whole("last (?:week|month|year)|this week|(?:earlier|later) this (?:week|month|year)|recently|days? ago"
        "|weeks? ago"),
    day_after=whole("(?:a|one) day after|the day after"),
    ahead=whole("will|would|shall|expect\\w*|planned|due|scheduled|hop\\w+|next|soon|later this"),
    behind=whole("should have|had been|was (?:due|supposed|to have)|were (?:due|supposed|to have)"),
    cues=(
        Cue(whole("said|told|stated|noted|added|reported|explained|commented|declared|insisted|stressed|argued"
            "|revealed|disclosed|described|estimated|conceded|testified|recalled"),
            "said"),
        Cue(whole("says?|tells?|states|notes|adds|reports|explains|insists?|describes?|estimates"), "said",
            present=True),
        Cue(whole("wrote|posted|tweeted"), "wrote"), Cue(whole("writes"), "wrote", present=True),
        Cue(whole("announced"), "announced"), Cue(whole("announces"), "announced", present=True),
        Cue(whole("claimed|alleged|asserted|accused|blamed"), "claimed"), Cue(whole("claims|alleges|accuses?"
            "|blames?"), "claimed", present=True),
        Cue(whole("confirmed|acknowledged|admitted"), "confirmed"), Cue(whole("confirms"), "confirmed", present=True),
        Cue(whole("denied|rejected|dismissed"), "denied"), Cue(whole("denies|rejects"), "denied", present=True),
        Cue(whole("expected|anticipated"), "expects"), Cue(whole("expects|anticipates"), "expects", present=True),
        Cue(whole("hoped|expressed hope"), "hopes"), Cue(whole("hopes"), "hopes", present=True),
        Cue(whole("demanded|urged|called (?:for|on)"), "demanded"), Cue(whole("demands|urges"), "demanded", True),
        Cue(whole("warned"), "warned"), Cue(whole("warns"), "warned", present=True),
        Cue(whole("promised|pledged|vowed"), "promised"), Cue(whole("promises|pledges"), "promised", present=True),
    ),
    going_on=(
        (whole("adding|commenting|saying|noting|stating|stressing|explaining|and (?:added|said|noted)"), "said"),
        (whole("announcing"), "announced"), (whole("claiming|alleging"), "claimed"), (whole("denying"), "denied"),
        (whole("confirming"), "confirmed"), (whole("expressing (?:the |his |her |their )?hopes?|hoping"), "hopes"),
        (whole("expecting"), "expects"), (whole("warning"), "warned"), (whole("promising|vowing"), "promised"),
        (whole("demanding|urging|calling (?:for|on)"), "demanded"),
    ),
    according=whole("according to"),
    by_pronoun=whole("according to (?P<who>him|her|it|them)"),
    silence=whole(
        r"(?:(?:has|have|had|did|does|do) not|didn['’]t|hasn['’]t|haven['’]t)(?: yet| immediately| publicly| so far)*"
        r" (?:comment(?:ed)?|respond(?:ed)?|repl(?:y|ied)|confirm(?:ed)?|issued? (?:a|any) (?:comment|statement))"
        r"|(?:declined|refused) to (?:comment|confirm)|(?:gave|made|offered) no (?:immediate )?comment"
    ),
    silence_of=whole(
        "no (?:immediate )?(?:comment|response|reaction|confirmation)(?: \\w+){0,2}? (?:from|by)"
        "|(?:nobody|no one|no-one) (?:at|from|in)(?=.{3,80}(?:comment|reached|available))"
    ),
    silence_on_facts=whole("the (?:attacks?|strikes?|claims?|reports?|figures?|numbers?|allegations?|losses)|these .*"),
    not_said=whole("not|never|n['’]t|yet to|refused to|declined to|could|would"),
    beside=whole(
        "also|later|earlier|then|previously|repeatedly|further|again|meanwhile|however|has|have|had|on|in|late|early|at"
        "|in a (?:\\w+ ){0,3}(?:statement|post|message|briefing|interview|address|speech|tweet|telegram post)"
        "|at (?:a|the|his|her|their) (?:\\w+ ){0,2}(?:briefing|news conference|press conference)"
        "|(?:a|the) (?:news|press) conference|x|telegram|facebook|twitter|state (?:tv|television|media)|reporters"
        "|journalists|told|in (?:his|her|their) (?:\\w+ )?(?:address|speech)"
        "|the [A-Z][\\w ]{2,40}? (?:news )?agency|Reuters|AFP|AP|the BBC|[A-Z]\\w+ (?:TV|News|Radio)"
    ),
    that=whole("that"),
    that_further=True,
    relative=whole("which|as"),
    who=whole("who|whose|which|whom"),
    joins="and|but|then",
    leads=whole("in|on|at|during|speaking|asked"),
    about_this=whole("this was|this is what"),
    expecting=(
        (re.compile(r"^\W*(?:we|i|he|she|they)\b(?:['’]re| are| is| am)?(?: also)? (?:expect|anticipat)", re.I),
            "expects"),
        (re.compile(r"^\W*(?:we|i|he|she|they)\b(?:['’]re| are| is| am)?(?: also)? hop(?:e|ing)", re.I), "hopes"),
    ),
    channels=(
        (whole("on (?:x|twitter)|(?:x|twitter) post|tweet(?:ed)?"), "x"), (whole("(?:on )?telegram(?: post)?"),
            "telegram"),
        (whole("(?:on )?facebook"), "facebook"),
        (whole("briefing|(?:news|press) conference|told (?:reporters|journalists)"), "briefing"),
        (whole("(?:in|during|an|the|his|her) (?:\\w+ ){0,2}interview"), "interview"),
        (re.compile(r"(?<!\w)told (?:the |state )?(?:[A-Z][\w’.]*|news|agency|newspaper|channel|broadcaster)"),
            "interview"),
        (whole("(?:address|speech)"), "address"), (whole("(?:on|state|national) (?:tv|television|radio)"), "broadcast"),
        (whole("in a (?:\\w+ ){0,2}statement"), "statement"),
    ),
    heads=whole(
        "presidents?|premier|(?:prime |foreign |defen[cs]e |interior )?ministers?|minist(?:ry|ries)|chief|head"
        "|secretary"
        "|spokes(?:man|woman|person|people)|officials?|authorities|government|army|military|forces|command|commander"
        "|general staff|staff|headquarters|air force|navy|service|agency|council|committee|commission|parliament"
        "|kremlin"
        "|ombuds(?:man|woman|person)|commissioner|governor|mayor|envoy|negotiators?|delegation|mediators?"
        "|administration"
        "|mission|consulate|court|prosecutors?|team|diplomats?|party|opposition|movement|coalition|union|association"
        "|foundation|group|office|department|directorate"
        "|intelligence|police|embassy|ambassador|general|colonel|adviser|aide|leader|king"
        "|emir|side|chancellor|red cross|organi[sz]ation|centre|center|bureau|lawmaker|senator|deputy"
    ),
    modifiers=whole(
        "national|security|defen[cs]e|foreign|affairs|interior|state|emergency|human|rights|prime|deputy|general|air"
        "|press"
        "|armed|military|regional|coordination|presidential|chief|acting|former|senior|top|the|a|an|prisoners?|war"
        "|treatment|internal|eastern|southern|northern|western|central|health|justice|services?|staff|force|red|cross"
        "|both|sides|opposition|party|exchange|negotiating"
    ),
    links=frozenset(("of", "in", "for", "and", "on", "’s", "'s", "to", "at")),
    openers=frozenset(each("The A An In On At But And Meanwhile However Since Then While When As After"
        " Before For It Its His Her Their If This That These Those There Earlier Later Also Both Many Months"
        " Combined According")),
    pronouns={"he": "person", "she": "person", "it": "body", "they": "body", "his": "of", "her": "of", "its": "of",
              "their": "of", "him": "person", "them": "body"},
    spoken_for=whole("the (?:ministry|agency|service|organi[sz]ation|office|government|department|army|military"
        "|council)"),
    numbers={name: at for at, name in enumerate(each(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen twenty"))} | {
            "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100},
    times={"thousand": 1000, "million": 10**6, "hundred": 100},
    qualifiers=(
        (whole("at least|no (?:fewer|less) than"), "at-least"), (whole("(?:more|over) than|more than"
            "|(?<!handed )(?<!hand )(?<!handing )over|above"),
            "over"),
        (whole("up to|at most|as many as"), "up-to"), (whole("fewer than|less than|under"), "under"),
        (whole("about|around|some|roughly|approximately"), "about"), (whole("nearly|almost"), "nearly"),
    ),
    each_side=whole("each|(?:from|on|for) (?:each|either|both) sides?|apiece"),
    units=(
        (whole("bodies|remains|dead soldiers|fallen soldiers"), "bodies"),
        (whole("drones?|uavs?|unmanned aerial vehicles"), "drones"), (whole("(?:cruise |ballistic )?missiles?"),
            "missiles"),
        (whole("(?:prisoners?(?: of war)?|pows?|people|persons?|soldiers?|servicem[ea]n|service members|troops"
            "|captives?"
               "|defenders|officers|combatants|personnel|civilians?|detainees?|hostages?|citizens|fighters|men|women"
               "|children|internees?)"), "people"),
        (whole("settlements?|villages?|towns?"), "settlements"), (whole("(?:prisoner )?(?:exchanges?|swaps?)"),
            "exchanges"),
    ),
    further=whole("further|another|more|others?|additional"),
    bodies_of=whole("(?:bodies|remains) of(?: at least| about| over)?"),
    of_which=whole("of (?:which|whom|them|those)"),
    ours=whole("our|its own|their own|its|his|her|their"),
    received=whole("received|got back|welcomed(?: home)?|brought (?:back|home)|recovered|returned home"),
    handed=whole("handed over|transferred|delivered"),
    given_to=re.compile(r"\b(?:handed over|transferred|returned|released|delivered"
        r"|sent)\b[^.,;]{0,60}? to (?P<to>(?:the )?[A-Z][\w’]+)"),
    contents={
        "agreement": whole("agree(?:d|s|ing)?|agreements?|deal|accord|arrangement"),
        "talks": whole("talks|consultations?|negotiat\\w*|meet|met|meets|meetings?|discussions?"),
        "exchange": whole("(?:prisoners?(?: of war)?|pows?|prisoner-of-war) (?:exchanges?|swaps?)"
        "|exchanges? of (?:prisoners|pows)"
                          "|swaps?|exchanges?"),
        "release": whole("releas\\w*|free[ds]?|freeing|freed|(?:bring|brought|bringing|come|came|coming|return\\w*"
        "|sent?|be|are|is)"
                         "(?: \\S+){0,4}? (?:home|back)|exchang\\w*|swap\\w*|hand(?:ed|ing)? over|captivity"
                         "|repatriat\\w*"
                         "|prisoners?|pows?|return\\w*|transferr?\\w*"),
        "held": whole("holds?|held|holding|remain\\w* in|still in|in captivity|in custody"),
        "freed": whole("releas\\w*|free[ds]?|freeing|exchang\\w*|swap\\w*|hand(?:ed|ing)? over|home|back|return\\w*"
        "|repatriat\\w*"),
        "home": whole("home|families|relatives|exchang\\w*|swap\\w*|releas\\w*|repatriat\\w*|handover|freed"),
        "attack": whole("launch\\w*|fired|firing|struck|hit|attack\\w*|strikes?|damaged|shell\\w*|bomb\\w*|targeted"),
        "interception": whole("sh(?:ot|oot|ooting) down|down(?:ed|ing)|intercept\\w*|neutrali[sz]\\w*|repell?ed"
        "|destroyed"),
        "loss": whole("killed|dead|died|wounded|injured|losses|lost|casualties"),
        "ceasefire": whole("ceasefire|cease-fire|truce|armistice|end(?:ing)? (?:to )?the war|peace (?:deal|agreement)"),
    },
    brought=whole("mediated by|mediation of|mediation (?:from|by)|brokered by|mediators?(?:,| were| are)?"
        "|with the help of|facilitated by"),
    negated=whole("no|not|cannot|without|n[’]t|never|unable to|fail\\w* to"),
    agreed_in=re.compile(r"(?:brokered|reached|signed|concluded|agreed|made) in (?P<place>[A-Z][\w’-]+)"
        r"|(?:the )?(?P<named>[A-Z][\w-]+) agreements?"),
    held_at=re.compile(r"(?:exchange|swap|handover|take place|took place|held)\b[^.,;]{0,40}? (?:at|in|near"
        r"|on) (?P<place>(?:the )?[A-Z][\w’-]+(?: [A-Z][\w’-]+)*)"),
    in_place=re.compile(
        r"(?<!\w)(?:in|on|at|near)(?: (?:the|eastern|western|northern|southern|central|partially|partly))*"
        r"(?: [A-Z]\w+[’']s?| [A-Z]\w+-(?:occupied|held|controlled))?(?: (?:eastern|western|northern|southern"
        r"|central))?"
        r" (?P<place>[A-Z][\w’-]+(?: [A-Z][\w’-]+)*(?: (?:region|province|oblast|district|city))?)"
    ),
    taken=re.compile(
        r"(?:captured?|capturing|seized?|took control of|taken control of|liberated|recaptured|took|taken)(?: of)?"
        r"(?: the)?(?: (?:settlements?|villages?|towns?|city|cities)(?: of)?)? (?P<places>[A-Z][^.;“”]{2,120})"
    ),
    and_="and",
    clause=re.compile(r",? and (?:that )?|; "),
    finite=whole(f"(?:{_AUXILIARIES}|(?-i:[a-z]+ed))"),
    possible=whole("could|may|might"),
    furniture=re.compile(
        r"\W*(?:save|share|listen|print|advertisements?|recommended stories|sign up|follow(?: us)?|read more"
        r"|related(?: stories)?"
        r"|list of \d+ items|end of list|list of \d+ items?end of list|most read|menu|search|subscribe|newsletter"
        r"|skip to.*"
        r"|share this.*|click here.*|more on this.*|keep reading|source:.*|all rights reserved|copyright.*"
        r"|\d+ min(?:ute)?s? read"
        r"|published on.*|last (?:updated|modified).*|by [A-Z][\w .,’-]{2,60})\W*", re.I),
    furniture_begins=re.compile(r"\W*(?:read (?:more|also)|also read|recommended|related|watch|listen|see also"
        r"|sign up|subscribe"
                                r"|follow us|advertisement)\b ?(?:[:|–—-]|$)", re.I),
    by_line=re.compile(r"^By (?P<who>[A-Z][\w .,’&-]{2,60})$"),
)

# --- Ukrainian --------------------------------------------------------------------------------------------------------

_UK_MONTHS = ("січ\\w*", "лют\\w*", "берез\\w*", "квіт\\w*", "трав\\w*", "черв\\w*", "лип\\w*", "серп\\w*",
    "верес\\w*", "жовт\\w*",
              "листопад\\w*", "груд\\w*")
_UK_SEASONS = {21: "весн\\w*|навесні", 22: "літа|літо|влітку", 23: "осен\\w*|осін\\w*|восени", 24: "зим\\w*|взимку"}
_UK_WEEKDAYS = ("понеділ\\w*", "вівтор\\w*", "серед[уаи]", "четвер\\w*", "п[’']?ятниц\\w*", "субот\\w*", "неділ\\w*")
_UM = f"(?P<month>{'|'.join(_UK_MONTHS)})"

UKRAINIAN = Tongue(
    code="uk",
    months=_UK_MONTHS,
    seasons=_UK_SEASONS,
    weekdays=_UK_WEEKDAYS,
    full_date=(re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})\s+{_UM}\s+(?P<year>\d{{4}})", re.I),),
    day_and_month=(whole(rf"(?P<day>\d{{1,2}})(?:-го)?\s+{_UM}"),),
    end_of_month=whole(rf"(?:до )?кінц[яюі] {_UM}(?: (?P<year>\d{{4}}))?"),
    by_month=whole(rf"(?:у|в|до|з|від) {_UM}(?: (?P<year>\d{{4}}))?"),
    season=whole(rf"(?P<season>{'|'.join(_UK_SEASONS.values())})"),
    weekday=whole(rf"(?:(?:у|в|на|до|до кінця|минулої|минулого) )?(?P<weekday>{'|'.join(_UK_WEEKDAYS)})(?: вранці"
        rf"| ввечері| увечері| вночі)?"),
    named=(
        (whole("сьогодні"), "today"), (whole("вчора|учора|напередодні|попереднього дня"), "yesterday"),
        (whole("завтра"), "tomorrow"), (whole("(?:до )?кінця (?:цього )?місяця"), "end-of-month"),
        (whole("(?:до )?кінця (?:цього )?року"), "end-of-year"), (whole("нов(?:ий|ого|им) рок\\w*|новий рік"),
            "new-year"),
        (whole("різдв\\w*"), "christmas"), (whole("цього року|цьогоріч"), "this-year"),
        (whole("наступного року"), "next-year"), (whole("цього місяця"), "this-month"),
        (whole("наступного місяця"), "next-month"),
    ),
    overnight=whole("уночі|вночі|за ніч|протягом ночі|минулої ночі|у ніч на|в ніч на"),
    vague=whole("минулого (?:тижня|місяця|року)|цього тижня|нещодавно|раніше|тому"),
    day_after=whole("(?:через )?день після того,? як|наступного дня після"),
    ahead=whole("буд\\w+|має|мають|очіку\\w*|план\\w*|наступн\\w*|сподіва\\w*|відбудеться|незабаром"),
    behind=whole("ма(?:в|ла|ли|ло)|повинн\\w+ бу\\w+"),
    cues=(
        Cue(whole("заяв(?:ив|ила|или|ило|ляв|ляла|ляли)|повідомля(?:в|ла|ли)|каза(?:в|ла|ли)|сказа(?:в|ла|ли|ло)"
            "|повідоми(?:в|ла|ли|ло)|уточни(?:в|ла|ли|ло)|дода(?:в|ла|ли|ло)"
                  "|зазначи(?:в|ла|ли|ло)|наголоси(?:в|ла|ли|ло)|розпові(?:в|ла|ли)|поясни(?:в|ла|ли|ло)|говори(?:в"
                  "|ла|ли)"
                  "|розповідають|доповіли"), "said"),
        Cue(whole("заявля(?:є|ють)|каж(?:е|уть)|повідомля(?:є|ють)|зазнача(?:є|ють)|говорить"), "said", present=True),
        Cue(whole("написа(?:в|ла|ли)|опублікува(?:в|ла|ли)"), "wrote"), Cue(whole("пише|пишуть"), "wrote",
            present=True),
        Cue(whole("оголоси(?:в|ла|ли|ло)|анонсува(?:в|ла|ли|ло)"), "announced"),
        Cue(whole("тверди(?:в|ла|ли|ло)|звинувати(?:в|ла|ли|ло)|стверджува(?:в|ла|ли|ло)"), "claimed"),
        Cue(whole("стверджу(?:є|ють)"), "claimed", present=True),
        Cue(whole("підтверди(?:в|ла|ли|ло)|визна(?:в|ла|ли|ло)"), "confirmed"),
        Cue(whole("підтверджу(?:є|ють)"), "confirmed", present=True),
        Cue(whole("спростува(?:в|ла|ли|ло)|запереч(?:ив|ила|или|ило)|відкину(?:в|ла|ли|ло)"), "denied"),
        Cue(whole("заперечу(?:є|ють)|спростову(?:є|ють)"), "denied", present=True),
        Cue(whole("очіку(?:є|ють)"), "expects", present=True), Cue(whole("очікува(?:в|ла|ли)"), "expects"),
        Cue(whole("сподіва(?:ється|ються)"), "hopes", present=True),
        Cue(whole("висловив сподівання|висловила сподівання|сподіва(?:вся|лася|лися)"), "hopes"),
        Cue(whole("закликa(?:в|ла|ли)|заклика(?:в|ла|ли|ло)|вимага(?:в|ла|ли|є|ють)"), "demanded"),
        Cue(whole("попереди(?:в|ла|ли|ло)|застеріг(?:ла|ли|ло)?"), "warned"),
        Cue(whole("пообіця(?:в|ла|ли|ло)"), "promised"),
    ),
    going_on=(
        (whole("додавши|додаючи|зазначивши|уточнивши|і дода(?:в|ла|ли|ло)|та дода(?:в|ла|ли|ло)"), "said"),
        (whole("висловивши сподівання|сподіваючись"), "hopes"), (whole("пообіцявши"), "promised"),
        (whole("заперечивши|спростувавши"), "denied"), (whole("стверджуючи"), "claimed"),
        (whole("оголосивши"), "announced"), (whole("підтвердивши"), "confirmed"),
    ),
    according=whole("за словами|за даними|за інформацією|на думку|за твердженням|як повідоми(?:в|ла|ли|ло)"
        "|згідно (?:з|із) (?:даними|заявою|повідомленням)"),
    by_pronoun=whole("за (?P<who>його|її|їхніми|їх) (?:словами|даними)"),
    silence=whole(
        "(?:поки |поки що |наразі |одразу |ще |публічно )*не (?:прокоментува(?:в|ла|ли|ло)|коментува(?:в|ла|ли|ло)"
        "|відповi?і?(?:в|ла|ли|ло)"
        "|підтверди(?:в|ла|ли|ло)|комент(?:ує|ують))|(?:від коментарів )?відмови(?:вся|лася|лися"
        "|лося)(?: від коментарів| коментувати| підтвердити)"
        "|від коментарів відмови(?:вся|лася|лися|лося)|коментарів(?: [\\w]+){0,8} (?:немає|не було|не надходило)"
    ),
    silence_of=None,
    silence_on_facts=whole("(?:ці|цих|про) (?:удар\\w*|атак\\w*)|удар\\w*|атак\\w*|обстріл\\w*|заяв\\w* про \\w+"),
    not_said=whole("не|ніколи"),
    beside=whole(
        "на запит(?: [\\w’]+){0,3}|також|раніше|пізніше|згодом|потім|ще|вже|водночас|тим часом|знову|журналістам"
        "|на брифінгу|у|в|на|коментарі"
        "|(?:у|в) (?:своєму )?(?:телеграмі|telegram|facebook|фейсбуці|x|заяві|інтерв[’']ю|зверненні|телеграм-каналі"
        "|вечірньому зверненні)"
        "|telegram|facebook|x|брифінгу|інтерв[’']ю|заяві|телеграмі|соцмережах|ефірі"
    ),
    that_further=False,
    that=whole("що|про те,? що|про"),
    about_this=whole("про це|це"),
    who=whole("який|яка|яке|які|якого|якої"),
    joins="і|та|й|але|а",
    leads=whole("у|в|на|під час|під|в ході"),
    relative=whole("про (?:що|який|яку|яке|які)|який|яка|яке|які|як"),
    expecting=(
        (re.compile(r"^\W*(?:ми |я )?(?:також )?очіку", re.I), "expects"),
        (re.compile(r"^\W*(?:ми |я )?(?:також )?(?:сподіва|розрахову)", re.I), "hopes"),
    ),
    channels=(
        (whole("телеграм\\w*|telegram\\w*"), "telegram"), (whole("facebook|фейсбу\\w*"), "facebook"),
        (whole("(?:у|в|на) x|твіттер\\w*|twitter"), "x"), (whole("брифінг\\w*|пресконференц\\w*|журналістам"),
            "briefing"),
        (whole("інтерв[’']ю"), "interview"), (whole("звернен\\w*"), "address"), (whole("ефірі|телемарафон\\w*"),
            "broadcast"),
        (whole("(?:у|в) заяві"), "statement"),
    ),
    heads=whole(words(
        "президент*", "прем’єр*", "міністр*", "міністерств*", "міноборони", "мзс", "уряд*", "штаб*", "генштаб*",
        "командуванн*",
        "омбудсмен*", "уповноважен*", "речник*", "речниц*", "глава", "глави", "голова", "голови", "керівник*",
        "секретар*",
        "влада", "влади", "влад*", "служб*", "сил*", "військов*", "рад*", "раднбо", "рнбо", "гур", "сбу", "дснс",
        "парламент*",
        "губернатор*", "мер", "посол", "делегаці*", "посередник*", "кремл*", "офіс*", "агентств*", "комітет*",
        "комісі*",
        "червон* хрест*", "армі*", "розвідк*", "поліці*", "радник*", "представник*", "представниц*", "посадовц*",
        "відомств*", "сторон*", "пресслужб*", "місі*", "прокур*", "суд", "парті*",
    )),
    modifiers=whole(words(
        "оборон*", "закордонн*", "справ*", "внутрішн*", "безпек*", "національн*", "координаційн*", "генеральн*",
        "військов*",
        "повітрян*", "державн*", "надзвичайн*", "ситуаці*", "прав*", "людин*", "збройн*", "поводженн*", "полонен*",
        "заступни*", "перш*", "верховн*", "головн*", "переговорн*", "регіональн*", "обласн*", "цивільн*", "прес*",
        "питан*",
    )),
    links=frozenset(("з", "із", "і", "та", "у", "в", "при")),
    openers=frozenset(each("У В На Але І Та Водночас Тим За Після Раніше Пізніше Також Це Цього Як Якщо Коли Його"
        " Її Їх Наступний Ще")),
    pronouns={"він": "person", "вона": "person", "воно": "body", "вони": "body", "його": "of", "її": "of",
        "їх": "of", "їхніми": "of",
              "ним": "person", "нею": "person"},
    spoken_for=whole("(?:у |в )?(?:відомств[оіа]|міністерств[оіа]|штаб[іу]?|служб[аі]|офіс[іу]?)"),
    numbers={"один": 1, "одна": 1, "одну": 1, "одного": 1, "два": 2, "дві": 2, "двох": 2, "три": 3, "трьох": 3,
        "чотири": 4,
             "чотирьох": 4, "п’ять": 5, "шість": 6, "сім": 7, "вісім": 8, "дев’ять": 9, "десять": 10, "сто": 100},
    times={"тисяч": 1000, "тисячі": 1000, "тисяча": 1000, "тис.": 1000, "млн": 10**6, "мільйон": 10**6,
        "мільйони": 10**6},
    qualifiers=(
        (whole("щонайменше|принаймні|не менше(?: ніж)?|не менш як"), "at-least"), (whole("понад|більше(?: ніж)?"
            "|більш ніж|більш як"), "over"),
        (whole("до|щонайбільше|не більше(?: ніж)?"), "up-to"), (whole("менше(?: ніж)?|менш як"), "under"),
        (whole("близько|приблизно|орієнтовно"), "about"), (whole("майже"), "nearly"),
    ),
    each_side=whole("з кожного боку|з кожної сторони|від кожної сторони|кожна сторона"),
    units=(
        (whole("тіл[аои]?|тілами|останк\\w*"), "bodies"), (whole("дрон\\w*|безпілотник\\w*|бпла|шахед\\w*"), "drones"),
        (whole("ракет\\w*"), "missiles"),
        (whole("(?:військово)?полонен\\w*|люд(?:ей|и|ям)|військов(?:их|і)|військовослужбовц\\w*|воїн\\w*|захисник\\w*"
            "|бійц\\w*|осіб|особи"
               "|громадян\\w*|цивільн(?:их|і)|чоловік\\w*|заручник\\w*"), "people"),
        (whole("населен\\w+ пункт\\w*|сел(?:а|о)|сіл"), "settlements"), (whole("обмін(?:ів|и|ах)"), "exchanges"),
    ),
    further=whole("ще|інших|додатково"),
    bodies_of=whole("(?:тіла|тіл|останки)"),
    of_which=whole("з них|із них|з яких"),
    ours=whole("наш\\w*|свої\\w*|своїх"),
    received=whole("отрима(?:в|ла|ли|ло)|поверну(?:в|ла|ли|ло)(?: додому)?|забра(?:в|ла|ли|ло)|прийня(?:в|ла|ли)"),
    handed=whole("переда(?:в|ла|ли|ло)"),
    given_to=re.compile(r"\b(?:переда(?:в|ла|ли|ло)|поверну(?:в|ла|ли|ло)|відправи(?:в|ла|ли"
        r"|ло))\s+(?P<to>[А-ЯІЇЄҐ][\w’]+)"),
    contents={
        "agreement": whole("домови\\w+|домовлен\\w*|угод\\w*|погоди\\w*"),
        "talks": whole("переговор\\w*|консультаці\\w*|зустріч\\w*"),
        "exchange": whole("обмін\\w*"),
        "release": whole("обмін\\w*|поверн\\w*|звільн\\w*|полонен\\w*|військовополонен\\w*|вдома|додому|переда(?:в|ла"
        "|ли|ло|ть|ли)|полон\\w*"),
        "held": whole("перебува\\w+ (?:у|в|досі)|утриму\\w+|залиша\\w+"),
        "freed": whole("обмін\\w*|поверн\\w*|звільн\\w*|додому|вдома|переда\\w+"),
        "home": whole("вдома|додому|обмін\\w*|звільн\\w*|поверн\\w*"),
        "attack": whole("атак\\w*|удар\\w*|запусти\\w*|випусти\\w*|обстріл\\w*|вдари\\w*|ураз\\w*|влучи\\w*"
        "|пошкод\\w*|завда\\w*"),
        "interception": whole("збит\\w*|збил\\w*|збив|знешкод\\w*|перехопи\\w*|подави\\w*|знищи\\w*"),
        "loss": whole("загинул\\w*|загинув|вбит\\w*|поранен\\w*|поранил\\w*|втрат\\w*|втрати\\w*"),
        "ceasefire": whole("припинен\\w* вогню|перемир[’']?\\w*"),
    },
    brought=whole("посередництв\\w*|посередник\\w*|за сприяння"),
    negated=whole("не|без|немає|жодн\\w+"),
    agreed_in=re.compile(r"(?P<named>[А-ЯІЇЄҐ][\w’]+ськ(?:і|их|ими)) (?:угод|домовлен)\w*|(?:укладен"
        r"|досягнут)\w* (?:у|в) (?P<place>[А-ЯІЇЄҐ][\w’]+)"),
    held_at=re.compile(r"(?:обмін|відбу|провед)\w*[^.,;]{0,40}? (?:біля|у|в|на|поблизу)(?: (?:населеному пункті"
        r"|селищі|селі|місті|мосту))+ (?P<place>[А-ЯІЇЄҐ][\w’-]+(?: [А-ЯІЇЄҐ][\w’-]+)*)"),
    in_place=re.compile(r"(?<!\w)(?:у|в|на|по|біля)(?: (?:місті|селі|селищі"
        r"|порту))? (?P<place>[А-ЯІЇЄҐ][\w’-]+(?: [А-ЯІЇЄҐ][\w’-]+)*(?: області| районі)?)"),
    taken=re.compile(r"(?:захоп|окуп|звільн|взя)\w*(?: під контроль)?(?: (?:селищ|сел|міст"
        r"|населен)\w*(?: пункт\w*)?) (?P<places>[А-ЯІЇЄҐ][^.;«»]{2,120})"),
    and_="і|та|й",
    clause=re.compile(r",? (?:і|та) що |; "),
    finite=whole("\\w+(?:в|ла|ли|ло|ть|є|ють|ться)"),
    possible=whole("може|можуть|могли б|міг би|могла б"),
    furniture=re.compile(
        r"\W*(?:поділитися.*|реклама|читайте також.*|читайте ще.*|підписуйтесь.*|підписатися.*|матеріали по темі"
        r"|за темою|на тему"
        r"|зберегти|надрукувати|слухати|коментарі.*|джерело:.*|фото:.*|усі права захищено.*)\W*", re.I),
    furniture_begins=re.compile(r"\W*(?:читайте (?:також|ще)|дивіться також|нагадаємо, раніше ми писали|підписуйтесь"
        r"|реклама|фото|відео)\b ?(?:[:|–—-]|$)", re.I),
    by_line=re.compile(r"^(?:Автор|Авторка|Джерело): (?P<who>.{2,60})$"),
    names=(("ої", "а"), ("ого", "ий"), ("ова", "ов"), ("ева", "ев"), ("єва", "єв"), ("іна", "ін"), ("ка", "ко"),
        ("и", "а"),
           ("і", "я"), ("а", ""), ("я", "й")),
    plain={"пресслужбі": "пресслужба", "міністерства": "міністерство", "міністерстві": "міністерство",
        "відомстві": "відомство", "штабі": "штаб",
        "службі": "служба", "офісі": "офіс",
           "уряді": "уряд", "кремлі": "Кремль", "глави": "глава", "голови": "голова", "президента": "президент",
           "міністра": "міністр", "речника": "речник", "речниці": "речниця", "омбудсмена": "омбудсмен",
           "представника": "представник", "представниці": "представниця", "секретаря": "секретар", "радника": "радник",
           "керівника": "керівник", "командування": "командування"},
)

# --- Russian ----------------------------------------------------------------------------------------------------------

_RU_MONTHS = ("январ\\w*", "феврал\\w*", "март\\w*", "апрел\\w*", "ма[йяею]\\w{0,2}", "июн\\w*", "июл\\w*",
    "август\\w*", "сентябр\\w*", "октябр\\w*",
              "ноябр\\w*", "декабр\\w*")
_RU_SEASONS = {21: "весн\\w*", 22: "лета|лето|летом", 23: "осен\\w*", 24: "зим\\w*"}
_RU_WEEKDAYS = ("понедельник\\w*", "вторник\\w*", "сред[уаы]", "четверг\\w*", "пятниц\\w*", "суббот\\w*",
    "воскресень\\w*")
_RM = f"(?P<month>{'|'.join(_RU_MONTHS)})"

RUSSIAN = Tongue(
    code="ru",
    months=_RU_MONTHS,
    seasons=_RU_SEASONS,
    weekdays=_RU_WEEKDAYS,
    full_date=(re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})\s+{_RM}\s+(?P<year>\d{{4}})", re.I),),
    day_and_month=(whole(rf"(?P<day>\d{{1,2}})(?:-го)?\s+{_RM}"),),
    end_of_month=whole(rf"(?:до )?конца {_RM}(?: (?P<year>\d{{4}}))?"),
    by_month=whole(rf"(?:в|к|до|с|от) {_RM}(?: (?P<year>\d{{4}}))?"),
    season=whole(rf"(?P<season>{'|'.join(_RU_SEASONS.values())})"),
    weekday=whole(rf"(?:(?:в|во|на|до|в минувш\w+|в прошл\w+) )?(?P<weekday>{'|'.join(_RU_WEEKDAYS)})(?: утром"
        rf"| вечером| ночью)?"),
    named=(
        (whole("сегодня"), "today"), (whole("вчера|накануне"), "yesterday"), (whole("завтра"), "tomorrow"),
        (whole("(?:до )?конца (?:этого )?месяца"), "end-of-month"), (whole("(?:до )?конца (?:этого )?года"),
            "end-of-year"),
        (whole("нов(?:ый|ого|ым|ому) год\\w*"), "new-year"), (whole("рождеств\\w*"), "christmas"),
        (whole("в этом году"), "this-year"), (whole("в следующем году"), "next-year"),
        (whole("в этом месяце"), "this-month"), (whole("в следующем месяце"), "next-month"),
    ),
    overnight=whole("ночью|за ночь|в течение ночи|минувшей ночью|прошедшей ночью|в ночь на"),
    vague=whole("на прошлой неделе|в прошлом (?:месяце|году)|на этой неделе|недавно|ранее|назад"),
    day_after=whole("(?:через )?день после того,? как|на следующий день после"),
    ahead=whole("буд\\w+|состоится|должн\\w*|ожида\\w*|план\\w*|следующ\\w*|наде\\w*|вскоре|передадут|пройд[её]т"),
    behind=whole("должн\\w+ был\\w*|планирова\\w+"),
    cues=(
        Cue(whole("заяв(?:ил|ила|или|ило|лял|ляла|ляли)|сообща(?:л|ла|ли)|сказа(?:л|ла|ли)|сообщи(?:л|ла|ли|ло)"
            "|уточни(?:л|ла|ли|ло)|добави(?:л|ла|ли|ло)|отмети(?:л|ла|ли|ло)"
                  "|подчеркну(?:л|ла|ли|ло)|рассказа(?:л|ла|ли)|поясни(?:л|ла|ли)|говори(?:л|ла|ли)|доложи(?:л|ла"
                  "|ли)"), "said"),
        Cue(whole("заявля(?:ет|ют)|говор(?:ит|ят)|сообща(?:ет|ют)|отмеча(?:ет|ют)"), "said", present=True),
        Cue(whole("написа(?:л|ла|ли)|опубликова(?:л|ла|ли)"), "wrote"), Cue(whole("пишет|пишут"), "wrote",
            present=True),
        Cue(whole("объяви(?:л|ла|ли|ло)|анонсирова(?:л|ла|ли|ло)"), "announced"),
        Cue(whole("утвержда(?:л|ла|ли|ло)|обвини(?:л|ла|ли|ло)"), "claimed"), Cue(whole("утвержда(?:ет|ют)"),
            "claimed", present=True),
        Cue(whole("подтверди(?:л|ла|ли|ло)|призна(?:л|ла|ли|ло)"), "confirmed"),
        Cue(whole("подтвержда(?:ет|ют)"), "confirmed", present=True),
        Cue(whole("опроверг(?:ла|ли|ло|нул)?|отрица(?:л|ла|ли|ло)|отверг(?:ла|ли|ло)?"), "denied"),
        Cue(whole("опроверга(?:ет|ют)|отрица(?:ет|ют)"), "denied", present=True),
        Cue(whole("ожида(?:ет|ют)"), "expects", present=True), Cue(whole("ожида(?:л|ла|ли)"), "expects"),
        Cue(whole("наде(?:ется|ются)"), "hopes", present=True),
        Cue(whole("вырази(?:л|ла|ли) надежду|надея(?:лся|лась|лись)"), "hopes"),
        Cue(whole("призва(?:л|ла|ли|ло)|потребова(?:л|ла|ли|ло)"), "demanded"),
        Cue(whole("предупреди(?:л|ла|ли|ло)"), "warned"), Cue(whole("пообеща(?:л|ла|ли|ло)"), "promised"),
    ),
    going_on=(
        (whole("добавив|добавляя|отметив|уточнив|и добави(?:л|ла|ли|ло)"), "said"),
        (whole("выразив надежду|надеясь"), "hopes"), (whole("пообещав"), "promised"), (whole("опровергнув"), "denied"),
        (whole("утверждая"), "claimed"), (whole("объявив"), "announced"), (whole("подтвердив"), "confirmed"),
    ),
    according=whole("по словам|по данным|по информации|по мнению|по утверждению|согласно (?:данным|заявлению"
        "|сообщению)"),
    by_pronoun=whole("по (?P<who>его|её|ее|их) (?:словам|данным)"),
    silence=whole(
        "(?:пока |сразу |ещё |еще |публично )*не (?:прокомментирова(?:л|ла|ли|ло)|комментирова(?:л|ла|ли|ло)"
        "|ответи(?:л|ла|ли|ло)"
        "|подтверди(?:л|ла|ли|ло)|комментиру(?:ет|ют))"
        "|(?:от комментариев )?отказа(?:лся|лась|лись|лось)(?: от комментариев| комментировать| подтвердить)"
        "|от комментариев отказа(?:лся|лась|лись|лось)|комментариев(?: [\\w]+){0,8} (?:нет|не было|не поступало)"
    ),
    silence_of=None,
    silence_on_facts=whole("(?:эти|этих) \\w+|удар\\w*|атак\\w*|обстрел\\w*|заявлени\\w*"),
    not_said=whole("не|никогда"),
    beside=whole(
        "на запрос(?: \\w+){0,3}|также|ранее|позже|затем|ещё|еще|уже|тем временем|снова|журналистам|на брифинге|в|во"
        "|на|комментарии"
        "|в (?:своём |своем )?(?:телеграме|telegram|facebook|x|заявлении|интервью(?: [\\w«»\\- ]{0,40})?|обращении"
        "|телеграм-канале|эфире)"
        "|telegram|facebook|x|брифинге|интервью|заявлении|телеграме|соцсетях|эфире"
    ),
    that_further=False,
    that=whole("что|о том,? что|о"),
    about_this=whole("об этом|это"),
    who=whole("котор\\w+"),
    joins="и|но|а",
    leads=whole("в|на|во время|в ходе|при"),
    relative=whole("о (?:ч[её]м|котор\\w+)|котор\\w+|как"),
    expecting=(
        (re.compile(r"^\W*(?:мы |я )?(?:также )?ожида", re.I), "expects"),
        (re.compile(r"^\W*(?:мы |я )?(?:также )?(?:наде|рассчитыва)", re.I), "hopes"),
    ),
    channels=(
        (whole("телеграм\\w*|telegram\\w*"), "telegram"), (whole("facebook|фейсбук\\w*"), "facebook"),
        (whole("в x|твиттер\\w*|twitter"), "x"), (whole("брифинг\\w*|пресс-конференц\\w*|журналистам"), "briefing"),
        (whole("интервью"), "interview"), (whole("обращени\\w*"), "address"), (whole("эфире"), "broadcast"),
        (whole("в заявлении"), "statement"),
    ),
    heads=whole(words(
        "президент*", "премьер*", "министр*", "министерств*", "минобороны", "мид", "правительств*", "штаб*", "генштаб*",
        "командовани*", "омбудсмен*", "уполномоченн*", "представител*", "пресс-секретар*", "глава", "главы",
        "руководител*",
        "секретар*", "власт*", "служб*", "сил*", "совет*", "гур", "сбу", "фсб", "парламент*", "губернатор*", "мэр",
        "посол",
        "делегаци*", "посредник*", "кремл*", "офис*", "агентств*", "комитет*", "комисси*", "красн* крест*", "арми*",
        "разведк*",
        "полици*", "советник*", "чиновник*", "ведомств*", "пво", "сторон*", "пресс-служб*", "мисси*", "прокур*",
        "суд", "парти*",
    )),
    modifiers=whole(words(
        "оборон*", "иностранн*", "дел", "внутренн*", "безопасност*", "национальн*", "координационн*", "генеральн*",
        "военн*",
        "воздушн*", "государственн*", "чрезвычайн*", "ситуаци*", "прав*", "человек*", "вооруж*", "обращени*",
        "военноплен*",
        "заместител*", "перв*", "верховн*", "главн*", "переговорн*", "региональн*", "областн*", "официальн*", "пресс*",
    )),
    links=frozenset(("с", "и", "по", "в", "при")),
    openers=frozenset(each("В На Но И А За После Ранее Позже Также Это Этого Как Если Когда Его"
        " Её Ее Их Следующий Ещё По Тем")),
    pronouns={"он": "person", "она": "person", "оно": "body", "они": "body", "его": "of", "её": "of", "ее": "of",
        "их": "of"},
    spoken_for=whole("(?:в )?(?:ведомств[оеа]|министерств[оеа]|штаб[еу]?|служб[ае]|офис[еу]?)"),
    numbers={"один": 1, "одна": 1, "одну": 1, "одного": 1, "два": 2, "две": 2, "двух": 2, "три": 3, "трёх": 3,
        "четыре": 4,
             "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9, "десять": 10, "сто": 100},
    times={"тысяч": 1000, "тысячи": 1000, "тысяча": 1000, "тыс.": 1000, "млн": 10**6, "миллион": 10**6,
        "миллиона": 10**6},
    qualifiers=(
        (whole("по меньшей мере|как минимум|не менее(?: чем)?"), "at-least"),
        (whole("(?:о )?более(?: чем)?|больше(?: чем)?|свыше"), "over"),
        (whole("до|не более(?: чем)?"), "up-to"), (whole("менее(?: чем)?|меньше(?: чем)?"), "under"),
        (whole("около|примерно|порядка"), "about"), (whole("почти"), "nearly"),
    ),
    each_side=whole("с каждой стороны|с каждой из сторон|каждая сторона|от каждой стороны"),
    units=(
        (whole("тел(?:а|о|ами)?|останк\\w*"), "bodies"), (whole("дрон\\w*|беспилотник\\w*|бпла"), "drones"),
        (whole("ракет\\w*"), "missiles"),
        (whole("военнопленн\\w*|пленн\\w*|люд(?:ей|и|ям)|человек\\w*|военн(?:ых|ые)|военнослужащ\\w*|бойц\\w*"
            "|солдат\\w*|граждан\\w*"
               "|гражданск(?:их|ие)|заложник\\w*"), "people"),
        (whole("населённ\\w+ пункт\\w*|населенн\\w+ пункт\\w*|сёл|сел"), "settlements"), (whole("обмен(?:ов|ы|ах)"),
            "exchanges"),
    ),
    further=whole("ещё|еще|других|дополнительно"),
    bodies_of=whole("(?:тела|тел|останки)"),
    of_which=whole("из них|из которых"),
    ours=whole("наш\\w*|сво\\w+"),
    received=whole("получи(?:л|ла|ли|ло)|верну(?:л|ла|ли|ло)(?: домой)?|забра(?:л|ла|ли)|приня(?:л|ла|ли)"),
    handed=whole("переда(?:л|ла|ли|ло)"),
    given_to=re.compile(r"\b(?:переда(?:л|ла|ли|ло)|верну(?:л|ла|ли|ло)|отправи(?:л|ла|ли|ло))\s+(?P<to>[А-ЯЁ]\w+)"),
    contents={
        "agreement": whole("договори\\w+|договор[её]нност\\w*|соглашени\\w*|согласова\\w*"),
        "talks": whole("переговор\\w*|консультаци\\w*|встреч\\w*"),
        "exchange": whole("обмен\\w*"),
        "release": whole("обмен\\w*|верну\\w*|возвращ\\w*|освобо\\w*|пленн\\w*|военнопленн\\w*|дома|домой|переда\\w*"
        "|плен\\w*"),
        "held": whole("находятся в|удержива\\w+|остаются|содерж\\w+"),
        "freed": whole("обмен\\w*|верну\\w*|освобо\\w*|домой|дома|переда\\w+"),
        "home": whole("дома|домой|обмен\\w*|освобо\\w*|верн\\w*|возвращ\\w*"),
        "attack": whole("атак\\w*|удар\\w*|запусти\\w*|выпусти\\w*|обстрел\\w*|пораз\\w*|поврежд\\w*|нан[её]с\\w*"),
        "interception": whole("сбит\\w*|сбил\\w*|сбива\\w*|перехва\\w*|подав\\w*|уничтож\\w*|обезвред\\w*"),
        "loss": whole("погиб\\w*|убит\\w*|ранен\\w*|потер\\w*"),
        "ceasefire": whole("прекращени\\w* огня|перемири\\w*"),
    },
    brought=whole("посредничеств\\w*|посредник\\w*|при содействии"),
    negated=whole("не|без|нет|никак\\w+"),
    agreed_in=re.compile(r"(?P<named>[А-ЯЁ]\w+ск(?:ие|их|ими)) (?:соглашени|договор)\w*|(?:заключ"
        r"|достигнут)\w* в (?P<place>[А-ЯЁ]\w+)"),
    held_at=re.compile(r"(?:обмен|состо|пройд|провед)\w*[^.,;]{0,40}? (?:у|в|на|близ)(?: (?:населённом пункте"
        r"|населенном пункте|посёлке|поселке|селе|городе|мосту))+ (?P<place>[А-ЯЁ][\w-]+(?: [А-ЯЁ][\w-]+)*)"),
    in_place=re.compile(r"(?<!\w)(?:в|на|по|у)(?: (?:городе|селе|посёлке"
        r"|порту))? (?P<place>[А-ЯЁ][\w-]+(?: [А-ЯЁ][\w-]+)*(?: области| районе)?)"),
    taken=re.compile(r"(?:захва|занял|освобо|взя)\w*(?: под контроль)?(?: (?:посёл|посел|сел|город"
        r"|насел)\w*(?: пункт\w*)?) (?P<places>[А-ЯЁ][^.;«»]{2,120})"),
    and_="и",
    clause=re.compile(r",? и что |; "),
    finite=whole("\\w+(?:л|ла|ли|ло|ет|ют|ит|ят|тся)"),
    possible=whole("может|могут|мог бы|могла бы|могли бы"),
    furniture=re.compile(
        r"\W*(?:поделиться.*|реклама|читайте также.*|читайте ещё.*|подпис\w+.*|материалы по теме|по теме|сохранить"
        r"|слушать"
        r"|комментарии.*|источник:.*|фото:.*|все права защищены.*)\W*", re.I),
    furniture_begins=re.compile(r"\W*(?:читайте (?:также|ещё)|смотрите также|подпис\w+|реклама|фото|видео)\b ?(?:[:"
        r"|–—-]|$)", re.I),
    by_line=re.compile(r"^(?:Автор|Источник): (?P<who>.{2,60})$"),
    names=(("ой", "а"), ("ого", "ый"), ("ова", "ов"), ("ева", "ев"), ("ина", "ин"), ("ы", "а"), ("и", "я"), ("а",
        ""), ("я", "й")),
    plain={"пресс-службе": "пресс-служба", "министерства": "министерство", "министерстве": "министерство",
        "ведомстве": "ведомство", "штабе": "штаб",
        "службе": "служба", "офисе": "офис",
           "правительстве": "правительство", "кремле": "Кремль", "главы": "глава", "президента": "президент",
           "министра": "министр", "омбудсмена": "омбудсмен", "представителя": "представитель", "секретаря": "секретарь",
           "советника": "советник", "руководителя": "руководитель", "пресс-секретаря": "пресс-секретарь"},
)

TONGUES = (ENGLISH, UKRAINIAN, RUSSIAN)
BY_CODE = {tongue.code: tongue for tongue in TONGUES}


def language_of(text: str) -> str:
    """The language of a text by its letters; English where none speaks for another."""
    sample = text[:20_000].lower()
    cyrillic = len(re.findall("[а-яіїєґё]", sample))
    if 2 * cyrillic < len(re.findall("[a-z]", sample)):
        return "en"
    return "uk" if len(re.findall("[іїєґ]", sample)) > len(re.findall("[ыэёъ]", sample)) else "ru"
