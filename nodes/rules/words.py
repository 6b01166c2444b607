"""The closed word lists that the grammar leans on, all in lower case."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FILLERS = _words("um umm uh uhh uhm er erm ah hmm hm mm mhm mm-hmm uh-huh")

DETERMINERS = _words("the our this that these those a an my your their his her its")

FUNCTION = _words(
    """
    a an the this that these those my your his her its our their some any no every each all both either
    neither half much many more most less least few several such same other another enough i me mine you
    yours he him she it we us they them ours hers theirs myself yourself itself ourselves themselves one
    ones someone somebody anyone anybody everyone everybody nobody none nothing something anything
    everything who whom whose which what when where why how whatever whenever wherever whichever and or
    but nor so yet for if unless until while whereas because since although though than as whether of in
    on at by to from with without within into onto about above below over under between among through
    during before after against across along around behind beside beyond near off out up down upon
    toward towards per via like unlike except plus minus am is are was were be been being do does did
    done doing have has had having will would shall should can could may might must ought need needs
    needed isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't won't wouldn't
    shouldn't can't cannot couldn't mustn't ain't i'm i'll i've i'd you're you'll you've you'd he's
    he'll he'd she's she'll she'd it's it'll it'd we're we'll we've we'd they're they'll they've they'd
    that's that'll there's here's what's who's where's how's let's not never ever just only even also
    too very really quite rather pretty actually basically literally obviously probably maybe perhaps
    possibly definitely certainly surely currently recently already still again almost nearly always
    often sometimes usually soon later now then here there today tomorrow yesterday tonight anyway
    anyways meanwhile otherwise however therefore thus hence instead else together away back yes yeah
    yep yup nope nah ok okay okey right alright sure well oh hey hi hello bye goodbye thanks thank
    please sorry gonna wanna gotta kinda sorta lot lots bit
    """
)

# Verbs: they never begin a name, and a phrase does not continue through them.
VERBS = _words(
    """
    get gets got getting go goes going gone went make makes made making take takes took taken taking
    come comes came coming see sees saw seen seeing look looks looked looking think thinks thought
    thinking know knows knew known say says said saying tell tells told want wants wanted use uses used
    using find finds found give gives gave given put puts try tries tried trying keep keeps kept let
    lets start starts started begin begins began seem seems seemed feel feels felt mean means meant ask
    asks asked show shows showed shown move moves moved work works worked working run runs ran call
    calls called happen happens happened become becomes became leave leaves left bring brings brought
    talk talks talked discuss discussed agree agreed decide decided believe guess hope hopes wish
    remember forget understand add adds added send sends sent share shared check checked fix fixed ship
    ships shipped launch launches launched moving wait waits waiting follow follows followed sound
    sounds sounded help helps helped allow allows allowed require requires required include includes
    included contain contains need depends depend depending consider considered suggest suggested
    propose proposed support supports supported change changes changed cause causes caused provide
    provides provided slips slipped slip blocks blocked block owns owned own leads led expect expects
    expected miss missed turn turns turned set sets raise raised reach reached finish finished complete
    completed press pressed have having hold holds held read reads write wrote written build built join
    joined stop stopped open opened love loves loved like likes liked enjoy hate appreciate welcome
    excuse hear heard speak bear
    """
)

# Adjectives and quantities so general that they tell no thing from another.
GENERIC_ADJECTIVES = _words(
    """
    first second third fourth last next previous final same other whole entire only main big bigger
    biggest small smaller smallest large larger little good better best bad worse worst new newer old
    older great nice right wrong long short high low full different similar certain particular specific
    general current actual real true possible important interesting simple easy hard difficult quick
    fast slow recent early late following additional extra various several two three four five six seven
    eight nine ten hundred thousand million kind sort type couple number bunch set rest most more very
    own open free clear sure ready fine cool happy able normal usual obvious huge tiny single double
    basic major minor initial original overall potential latest upcoming ongoing existing remaining
    proposed relevant appropriate necessary correct total average worth funny weird strange crazy
    amazing awesome perfect lovely expensive cheap
    """
)

GENERIC_HEADS = _words(
    """
    thing things stuff way ways time times one ones bit lot kind sort type case cases point points part
    parts side sides end start beginning middle bottom top reason reasons question questions answer
    answers idea ideas sense moment minute minutes second seconds hour hours day days week weeks month
    months year years morning afternoon evening night person people guy guys folks everybody man woman
    place places fact matter example examples course word words number numbers couple rest problem
    problems issue issues discussion discussions conversation meeting meetings call calls agenda topic
    topics note notes slide slides screen link links chat comment comments thought thoughts opinion
    opinions view views feeling concern concerns news update updates status progress situation
    circumstances hand hands head mind eye look name names order level amount size value values set list
    item items step steps piece pieces option options choice choices group bunch range world home house
    today tomorrow yesterday weekend future past context detail details terms area areas line lines
    difference differences sentence stage state job work works space room chance luck fun mic microphone
    camera voice team member members thing's extent degree majority minority half quarter batch approach
    direction position decision decisions priority priorities quo preference preferences criteria
    perspective perspectives period periods button experience sake feedback
    """
)

DAYS = _words(
    """
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays
    fridays saturdays sundays mon tue tues wed thu thurs fri
    """
)
MONTHS = _words(
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
LANGUAGES = _words(
    """
    english french german spanish italian portuguese dutch russian chinese japanese korean arabic hindi
    polish swedish danish norwegian finnish turkish greek hebrew latin american british european asian
    african indian canadian australian irish scottish euro euros dollar dollars christmas easter
    thanksgiving monday god jesus
    """
)
ACRONYMS = _words(
    """
    api apis pr prs ci cd ui ux ceo cto cfo coo asap fyi ok tv am pm usa us uk eu imo imho lol eta eod
    eow eom tbd wip kpi kpis pdf url faq hr it qa ai ml est utc gmt cet pst edt gm btw afaik iirc omg
    rip dm dms vs id ids cpu gpu ram os pc tl dr tldr lgtm nit n/a iiuc lfg xd wdyt ty np irl aka ps eg
    ie etc
    """
)
# A capital on these says nothing: greetings, courtesies, openers of speech.
NEVER_NAMES = _words(
    """
    good morning afternoon evening night thank thanks hello hi hey bye okay ok yeah yes no cool great
    nice perfect awesome sounds right alright sure sorry welcome mr mrs ms dr sir madam guys everyone
    folks haha lol wow oh um uh hmm mm agreed exactly correct true fine please gotcha absolutely indeed
    definitely obviously
    """
)

# Common given names, to tell a person from a product when nobody of that name is in the room.
GIVEN_NAMES = _words(
    """
    adam alan alex alexander alice amanda amy ana anders andrea andreas andrew andy angela anita anna
    anne anthony antonio arthur barbara ben benjamin bill bob brian bruce carl carla carlos carol
    caroline catherine charles charlotte chen chloe chris christian christina christine christopher
    claire clara claudia daniel daniela danny dave david deborah dennis diana diego dmitri donald donna
    doug edward elena elizabeth emily emma eric erik eva fatima felix fernando florian francis francois
    frank fred gabriel gary george giulia giulio grace greg guillaume hannah hans harry hassan heather
    helen helena henry hiroshi hugo ian igor ingrid irene isabel ivan jack jacob james jamie jan jane
    janet jason javier jean jeff jennifer jenny jeremy jessica jim joan joao joe johan john jon jonas
    jonathan jordan jorge jose joseph joshua juan judith julia julian julie karen karl kate katherine
    kathy katie keith kelly ken kenji kevin kim klaus kumar lars laura lauren lea lee leila leo leon
    lena linda lisa liz louis louise lucas lucia lucy luis luke maria marie marina mario marius mark
    marta martin mary mathias matt matthew max megan mei michael michelle miguel mike mila mohammed
    monica nadia nancy natalie natasha nathan neil nicholas nick nicola nicolas nicole nina noah nora
    oliver olivia omar oscar pablo pat patricia patrick paul paula pedro peter petra phil philip pierre
    priya rachel rahul raj ralph rebecca richard rita robert roberto robin roger roland roman ron rosa
    ruth ryan sally sam samantha samuel sandra sanjay sara sarah scott sean sergei sergio sharon simon
    sofia sonia sophia sophie stefan stephanie stephen steve steven sue susan sven sylvia tamara tara
    ted teresa terry theo thomas tim timothy tina tobias todd tom tomas tony tracy valentina vanessa
    vera vicky victor victoria vincent vladimir walter wei wendy will william xavier yan yara yasmin
    yuki yuri yusuf zoe
    """
)
# Given names that are also everyday words; alone they name nobody who is not in the room.
AMBIGUOUS_NAMES = _words(
    "will may april june grace rose hope faith joy dawn dean art drew sue see pat bill jan don mark"
)


def is_content(word: str) -> bool:
    """Whether a lower-case word carries a thing's meaning, being neither function word nor verb form."""
    return (
        len(word) > 1
        and word[0].isalpha()
        and word not in FUNCTION
        and word not in VERBS
        and word not in FILLERS
        and not (word.endswith("ly") and len(word) > 4)
    )
