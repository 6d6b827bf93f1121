"""Names as they are spoken: nicknames, and names that are everyday words too. Lists of our own.

The first of a line is the name on a birth certificate, the rest is what its bearers are called.
"""

from functools import lru_cache

_FAMILIES = """
abigail abi abby abbie gail
adam addie
adrian ade
agnes aggie
alan al
albert al albie bert bertie
alexander alex al alec sandy sasha xander
alexandra alex lexi sandra sandy sasha
alfred alf alfie fred
alice ali
alison ali
amanda mandy
amelia amy millie mia
andrea andi
andrew andy drew
angela angie ange
anthony tony ant
antonia toni
arabella bella
archibald archie
arthur art artie
barbara barb babs
barnaby barney
bartholomew bart
beatrice bea
benedict ben
benjamin ben benji benny
bernard bernie
bethany beth
bradley brad
brendan bren
bridget bridie
cameron cam
caroline carrie caz
catherine cat cathy cath kate katie kitty
charles charlie chas chuck
charlotte charlie lottie lotte
christina chris tina chrissie
christine chris chrissie
christopher chris kit topher
claire clairey
clifford cliff
constance connie
daniel dan danny
danielle dani
david dave davey davy dai
deborah deb debs debbie
dennis den
derek del
dominic dom
donald don donnie
dorothy dot dotty dolly
douglas doug dougie
duncan dunc
edith edie
edmund ed eddie
edward ed eddie ted teddy ned
eleanor ellie ella nell nora
elizabeth liz lizzie beth betty bess eliza elsie libby lisa betsy
emily em emmie millie
emma em
ernest ernie
eugene gene
evelyn evie eve
ffion fi
fiona fi
florence flo florrie flossie
frances fran frankie franny
francesca fran chess frankie
francis frank frankie
frederick fred freddie freddy
gabriel gabe
gabrielle gabby
gareth gaz gary
gemma gem
genevieve gen evie
geoffrey geoff
george georgie
georgina george georgie gina
gerald gerry
geraldine gerry
gillian gill jill gilly
gordon gord
graham gray
gregory greg
gwendoline gwen
hannah han
harold harry hal
harriet hattie hatty
harrison harry
helen nell nellie
henry harry hal hank
herbert herb bert
hugh hughie
ian iain
imogen immy imo
irene rene
isaac ike zac
isabel izzy bel bella issy
isabella izzy bella issy
isabelle izzy belle issy
isobel izzy bel
jack jackie
jacob jake
jacqueline jackie jacqui
james jim jimmy jamie jem
jane janie
janet jan
jasmine jas jaz
jason jay jase
jeffrey jeff
jennifer jen jenny jenna
jeremy jez jerry
jerome jerry
jessica jess jessie
joan joanie
joanna jo joanne
joanne jo
jocelyn joss
john jack johnny jon
jonathan jon jonny jonty
joseph joe joey
josephine jo josie
joshua josh
judith judy jude
julia jules
julian jules
julie jules
katherine kat kate katie kathy kath kitty
kathleen kath kathy
kathryn kat kate katie kathy kath
kenneth ken kenny
kevin kev
kimberley kim
laura lori
laurence larry laurie
lawrence larry lawrie
leonard len lenny leo
leslie les
lewis lou
lillian lily lil
linda lyn lindy
louis lou louie
louise lou lulu
lucinda lucy cindy
lucy luce
madeleine maddie maddy
magdalena magda lena
malcolm mal malc
margaret maggie meg peggy marge margie mags rita greta daisy
maria mia
martha matty
martin marty
mary molly polly may
matilda tilly mattie tilda
matthew matt matty
maureen mo
maurice mo
maximilian max
melanie mel
melissa mel missy lissa
michael mike mick mickey mikey
michelle shell shelly
mohammed mo mohammad muhammad mohamed
muhammad mo mohammad mohammed mohamed
natalie nat
natasha tash tasha nat
nathan nat nate
nathaniel nat nate nathan
neil neal
nicholas nick nicky
nicola nicky nic
nicole nicky nic
nigel nige
oliver ollie olly
olivia liv livvy
oscar ozzy
pamela pam
patricia pat patty tricia trish
patrick pat paddy
paul paulie
pauline polly
penelope pen penny
peter pete
philip phil pip
phillip phil pip
philippa pip pippa
phoebe phebe
rachel rach
ralph rafe
raymond ray
rebecca becky becca becks bex
reginald reg reggie
richard rich richie rick ricky dick
robert rob robbie bob bobby bert
roberta bobbie
robin rob
roderick rod
rodney rod
roger rodge
ronald ron ronnie
rosalind ros roz
rosemary rose rosie
rowena ro
rupert rupe
russell russ
ruth ruthie
samantha sam sammy
samuel sam sammy
sarah sally sara
sean shaun shane
sebastian seb bas
shirley shirl
sidney sid
simon si
sophia sophie
sophie soph
stanley stan
stephanie steph stevie
stephen steve stevie ste
steven steve stevie ste
stewart stew stu
stuart stu
susan sue susie suzie
susannah sue susie zanna
suzanne sue suzie
sylvia syl
tabitha tabby
tamsin tam
teresa terry tess tessa
terence terry
thaddeus tad
theodore theo ted teddy
theresa terry tess tessa
thomas tom tommy
timothy tim timmy
tobias toby
tracey trace
valerie val
vanessa nessa
veronica ronnie roni
victor vic
victoria vicky vicki tori
vincent vin vince vinny
virginia ginny
walter walt wally
wendy wen
wilfred wilf fred
william will bill billy willy liam wills
winifred winnie freda
yasmin yaz
yvonne eve
zachary zac zach zak
zoe zo
"""

EVERYDAY = frozenset(
    """
    ace ash amber angel april art august autumn baker ball bank banks barber barker baron bass
    bay bean bell best bird bishop black blue bond book booth bowl bowler boy branch bridge bright
    brook brooks brown bud burns bush butcher butler cable cane cannon carpenter carter case cash
    castle chance chase church clay close cliff coach cook cooper corner court cox crane crisp
    cross crystal daisy dale dawn day dean dear dial diamond dick dollar don dot drake draper
    drew duke earl east eden english eve faith fair farmer field finch fish fisher flint flora
    flower flowers ford forest foster fox france frank french friend frost gale gardener gay gene
    gift glass glen golden good goodman grace grant grave gray green grey guy hall hand hardy
    harmony hart hay hazel head heath heather heaven herb hill holiday holly home honey hood hook
    hope house hunt hunter ivy jack jade jasmine jet jewel job joy judge june junior just kay key
    king kit knight lake lamb lance land lane lark law lay leaf lily little lock long lord love
    lucky mark marsh marshall mason may meadow mercy merry miles miller mills mint moon moore
    moss mount nelson new noble noel north novel oak ocean olive paige page park parker parks
    parsons pat patience peace pearl penny perry peacock piper pitt pond pool poole poppy potter
    power powers precious presents price pride prince queen rain ray reader red reed reeve rice rich
    rivers rob robin rock rod roman root rose rowan royal ruby rush rusty ryder sage salmon sandy
    school scott sharp shaw shell shepherd short sky small smart smith snow south spencer spring
    star stone storm street strong sue summer summers swan sweet tanner taylor temple thorn tiger
    tom tower town tree trinity turner underwood vale van victory viola violet wade walk walker
    wall ward waters way weaver webb wells west wheeler white wild will wills winter winters
    wise wolf wood woods woodward wren wright yard york young
    austin brooklyn charlotte chelsea chester china dallas derby devon florence georgia india
    jordan kent lincoln london lourdes lancaster orlando paris phoenix preston sydney victoria
    virginia washington windsor worth
    """.split()  # noqa: SIM905 - words read best as words
)
"""Words and places that are somebody's name as well: two of them together prove nobody."""

OPENERS = frozenset(
    """
    april august bill can chase dean don drew eve frank grace grant guy hope jack jean june just
    lance mark may max miles nick pat pierce rich rob rose sandy skip sue tim van wade will wills
    """.split()  # noqa: SIM905 - words read best as words
)
"""Given names with which a sentence may begin that names nobody: `Will Thompson be there?`"""


@lru_cache(maxsize=4096)
def spoken(given: str) -> frozenset[str]:
    """Return what somebody of a given name (lower case) is called, the name itself included."""
    return frozenset({given}).union(*_families().get(given, ()))


@lru_cache(maxsize=1)
def plain() -> frozenset[str]:
    """Return the given names that are nothing but names, nicknames too; lower case.

    Those of three letters are words or months as well: `Jan`, `Pen`, `Ant`.
    """
    words = EVERYDAY | OPENERS | {"chess", "stew", "trace"}
    return frozenset(one for one in _FAMILIES.split() if len(one) > 3) - words  # noqa: PLR2004 - see above


@lru_cache(maxsize=1)
def _families() -> dict[str, list[frozenset[str]]]:
    """Return, by name, what else its bearers go by: full names and their nicknames."""
    called: dict[str, list[frozenset[str]]] = {}
    for line in _FAMILIES.strip().splitlines():
        full, *short = line.split()
        called.setdefault(full, []).append(frozenset(short))
        for one in short:
            called.setdefault(one, []).append(frozenset({full}))
    return called
