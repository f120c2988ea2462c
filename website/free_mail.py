"""Domains where anybody may have an address: nobody's company is behind them."""

# Providers that have the same name under the endings of many countries, such as yahoo.fr and yahoo.co.uk.
_NAMES = frozenset({"gmx", "hotmail", "live", "outlook", "yahoo", "yandex", "ymail"})
_SOME_ENDINGS = """
    at be by ca ch cl cn co.id co.il co.in co.jp co.kr co.nz co.th co.uk co.za com com.ar com.au com.br com.co com.hk
    com.mx com.my com.ph com.pl com.sg com.tr com.tw com.ua com.vn cz de dk ee es eu fi fr gr hu ie in
    it jp kz lt lu lv net nl no pl pt ro rs ru se sg sk ua uk us
"""
_SOME_DOMAINS = """
    gmail.com googlemail.com msn.com passport.com rocketmail.com aol.com aol.co.uk aol.de aol.fr aim.com verizon.net
    icloud.com me.com mac.com privaterelay.appleid.com
    proton.me protonmail.com protonmail.ch pm.me tuta.com tuta.io tutanota.com tutanota.de tutamail.com keemail.me
    posteo.de posteo.net mailbox.org fastmail.com fastmail.fm hey.com zoho.com zohomail.com zohomail.eu hushmail.com
    runbox.com startmail.com disroot.org riseup.net duck.com mailfence.com inbox.com mail.com email.com usa.com
    web.de t-online.de freenet.de arcor.de vodafone.de online.de 1und1.de kabelmail.de unitybox.de
    orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr numericable.fr aliceadsl.fr voila.fr
    libero.it virgilio.it tiscali.it alice.it tin.it tim.it inwind.it iol.it fastwebnet.it
    telefonica.net terra.es ono.com sapo.pt clix.pt
    btinternet.com btopenworld.com sky.com talktalk.net virginmedia.com ntlworld.com blueyonder.co.uk tiscali.co.uk
    ziggo.nl kpnmail.nl planet.nl hetnet.nl home.nl xs4all.nl casema.nl telenet.be skynet.be proximus.be
    bluewin.ch hispeed.ch sunrise.ch aon.at chello.at utanet.at
    telia.com bredband.net spray.se online.no getmail.no tdcadsl.dk mail.dk luukku.com suomi24.fi elisanet.fi
    wp.pl o2.pl onet.pl onet.eu interia.pl interia.eu tlen.pl op.pl poczta.fm gazeta.pl
    seznam.cz email.cz centrum.cz post.cz volny.cz azet.sk zoznam.sk centrum.sk freemail.hu citromail.hu
    abv.bg mail.bg inbox.lv mail.ee walla.co.il walla.com
    mail.ru bk.ru inbox.ru list.ru internet.ru rambler.ru ya.ru ukr.net i.ua meta.ua tut.by
    comcast.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com netzero.net
    optonline.net frontier.com windstream.net roadrunner.com rr.com centurylink.net
    shaw.ca rogers.com sympatico.ca bell.net telus.net videotron.ca
    bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au xtra.co.nz
    uol.com.br bol.com.br terra.com.br ig.com.br globo.com
    qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn aliyun.com
    naver.com hanmail.net daum.net nate.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp rediffmail.com
    mailinator.com guerrillamail.com 10minutemail.com yopmail.com temp-mail.org trashmail.com
"""
_ENDINGS, _DOMAINS = frozenset(_SOME_ENDINGS.split()), frozenset(_SOME_DOMAINS.split())


def is_free_mail(domain: str) -> bool:
    """Whether anybody may have an address in the domain, which is written as `normal_email` has it."""
    name, _, ending = domain.partition(".")
    return domain in _DOMAINS or (name in _NAMES and ending in _ENDINGS)
