"""How a sentence shows that it refers back: the pronouns and connectives that cannot open a text of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping

_OPENERS = re.compile(r"[\s\"'“”‘’«(\[¿¡]*")


def refers_back(sentence: str, language: str) -> bool:
    """Tell whether a sentence opens with a word that points at what was said before."""
    pattern = _PATTERNS.get(language)
    opening = _OPENERS.match(sentence)
    return pattern is not None and opening is not None and pattern.match(sentence, opening.end()) is not None


def _words(text: str) -> re.Pattern[str]:
    phrases = [re.sub(r"\s+", r"\\s+", line.strip()) for line in text.strip().splitlines()]
    return re.compile(rf"(?:{'|'.join(phrases)})(?!\w)", re.IGNORECASE)


_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "en": _words(
        r"""
        he|she|they|his|her|their|its|such|both|neither
        it(?! (?:is|was|has been|seems|appears|remains) (?:also |not |very |more |well |widely )?(?:common|clear|unclear
        difficult|hard|easy|possible|impossible|likely|unlikely|important|necessary|known|said|believed|estimated|reported|true|obvious|worth)\b)
        this(?! (?:year|month|week|survey|question)\b)|these|that
        those(?! (?:who|that|whose|with|in|from|without|of|at|on
        working|living|employed|affected|most|least|seeking|accused|involved)\b)
        the (?:latter|former)|none of (?:them|these|those)
        (?:some|many|most|all|several|few|one|each) of (?:them|these|those)|the others?|others|another
        however|therefore|thus|hence|moreover|furthermore|also|additionally|in addition|besides|consequently|accordingly
        as a (?:result|consequence)|for (?:example|instance)|e\.g\.|i\.e\.|instead|nevertheless|nonetheless|otherwise|as such
        then|so|but|and|or|nor|yet|still|again|similarly|likewise|meanwhile|indeed|rather|conversely|thereby|thereafter
        in (?:turn|fact|particular|contrast|other words|this|these|that|doing so|return|both|such)
        on the (?:other hand|contrary)|at the same time|(?:because of|due to|despite|through|by|for|with) (?:this|these|that|doing so)
        which|especially|particularly|including|specifically|subsequently|afterwards|later|finally|lastly|secondly|thirdly|eventually
        """
    ),
    "es": _words(
        r"""
        él|ella|ellos|ellas|esto|eso|aquello|est[ea](?! (?:año|mes|semana)\b)|estos|estas|es[eao]|esos|esas|aquell[oa]s?
        dich[oa]s?|tal|tales|su|sus|amb[oa]s|l[oa]s mism[oa]s|lo (?:anterior|mismo|cual|que)
        est[oae]s? últim[oa]s?|algun[oa]s de (?:ell[oa]s|est[oa]s)|much[oa]s de (?:ell[oa]s|est[oa]s)|otr[oa]s?
        sin embargo|no obstante|además|asimismo|también|tampoco|pero|y|e|o|u|ni|así(?: que)?|entonces|luego|después|pues
        por (?:lo tanto|tanto|ello|eso|esto|esta|este|otra parte|otro lado|ejemplo|consiguiente|su parte)
        en (?:cambio|consecuencia|particular|este|esta|estos|estas|ese|esa|esos|esas|ambos)
        (?:de|a|con) (?:esta|este|esa|ese|esto|eso|ello|ahí)|debido a (?:ello|esto|eso)|a (?:su vez|pesar de (?:ello|esto|eso))
        al mismo tiempo|mientras tanto|l[oa]s cuales|es decir|sobre todo|especialmente|incluso|finalmente|por último|segundo
        """
    ),
    "fr": _words(
        r"""
        il(?! (?:y a|est|faut|existe|s['’]agit|semble|convient)\b)|elles?|ils|ce(?:la|ci)|ça|c['’]est|ce|cet|cette(?! année)|ces
        c(?:eux|elles?|elui)-(?:ci|là)|leurs?|son|sa|ses|l['’]un et l['’]autre|tous deux|toutes deux|les deux
        d['’]autres|certain(?:e?s)? d['’]entre
        cependant|toutefois|pourtant|néanmoins|donc|ainsi
        alors|aussi|mais|et|ou|or|puis|ensuite|enfin|également|notamment|de même
        de plus|en outre|par (?:ailleurs|conséquent|exemple|contre)|en (?:effet|revanche|conséquence|particulier|retour|plus)
        d['’]autre part|du coup|y compris|surtout
        (?:à cause de|pour|dans|avec|malgré) (?:cela|ce|cet|cette|ces)
        au même moment|en même temps|c['’]est-à-dire|finalement|deuxièmement
        """
    ),
    "pt": _words(
        r"""
        el[ea]s?|isto|isso|aquilo|est[ea](?! (?:ano|mês|semana)\b)|est[ea]s|ess[ea]s?|aquel[ea]s?|seus?|suas?|tal|tais|dit[oa]s?|ambos|ambas
        est[ea]s últim[oa]s|algu(?:ns|mas) del[ea]s|muit[oa]s del[ea]s|outr[oa]s?|[oa]s quais
        no entanto|entretanto|contudo|todavia|porém|portanto|assim|também|tampouco
        mas|e|ou|nem|então|depois|além d[oe] (?:mais|que)|além d(?:isso|isto)
        por (?:isso|isto|exemplo|outro lado|conseguinte|sua vez)
        em (?:seguida|consequência|particular|contrapartida)|n(?:isso|isto|ess[ea]s?|est[ea]s?)|d(?:isso|isto|ess[ea]s?|est[ea]s?)
        com (?:isso|isto)|devido a (?:isso|isto)|ao mesmo tempo|enquanto isso|ou seja|sobretudo|especialmente|inclusive|finalmente|por fim
        """
    ),
    # Korean particles stick to the word, so that the patterns name them and need no word boundary.
    "ko": re.compile(
        r"(?:이들|그들|그녀|이것|그것|이(?:는|를|에|와|로|처럼|러한|런|때|후)|그(?:는|가|의|러한|런|때)"
        r"|[이그동] (?=[가-힣])|해당 |양자|전자는|후자는"
        r"|그리고|그러나|하지만|그래서|따라서|그러므로"
        r"|그런데|그렇지만|그럼에도|또한|또는|또 |게다가|더욱이|더구나|더 나아가|나아가"
        r"|반면|한편|예를 들|예컨대|즉|특히|결국"
        r"|그 결과|왜냐하면|아울러|뿐만 아니라|이로 인|이로써|역시|마찬가지로)"
    ),
}
