"""Which of the sites a message means, if it does not say."""

from knowledge_base.articles import SITES
from knowledge_base.context import speaks_of_all, stands_alone
from knowledge_base.follow_ups import asks_to_compare
from knowledge_base.question import Focus, Question
from knowledge_base.search import Evidence, Hit
from knowledge_base.wording import is_broad

# How much better a site must score than the next one to be meant without being named.
SITE_LEAD = 0.10
# How far below the best site's passage another site's line still joins a general answer.
SITE_NEAR = 0.22


def sites_meant(question: Question, focus: Focus, evidence: Evidence) -> tuple[str, ...]:
    """Return the one site that is meant, or the several that may be."""
    if question.about_case:
        return ("iliopsoas",)
    if question.sites:
        return question.sites
    best: dict[str, float] = {}
    for hit in evidence.hits:
        best.setdefault(hit.passage.site, hit.score)
    if focus.site and not stands_alone(evidence.normalized):
        return (focus.site,)
    first, second, *_ = sorted(best.values(), reverse=True)
    near = tuple(site for site in SITES if best[site] > first - SITE_NEAR)
    if speaks_of_all(evidence.normalized):
        return SITES if is_broad(evidence.normalized) else near
    if first - second > SITE_LEAD:
        return (evidence.hits[0].passage.site,)
    if focus.site and best[focus.site] > first - SITE_LEAD:
        return (focus.site,)
    return near


def sites_compared(question: Question, focus: Focus) -> tuple[str, ...]:
    """Return the two sites that a message compares; none if it compares no two."""
    spoken_of = last_two((*focus.sites, *question.sites))
    return spoken_of if asks_to_compare(question.text) and len(spoken_of) > 1 else ()


def last_two(sites: tuple[str, ...]) -> tuple[str, ...]:
    """Return the two sites that were spoken of last, the older one first."""
    return tuple(dict.fromkeys(reversed(sites)))[:2][::-1]


def best_of_each(sites: tuple[str, ...], evidence: Evidence) -> list[Hit]:
    """Return the best hit of each site, all on the one topic that they speak of best."""
    on_topic: dict[str, dict[str, Hit]] = {}
    for hit in reversed(evidence.hits):
        on_topic.setdefault(hit.passage.topic, {})[hit.passage.site] = hit
    of_all = [hits for hits in on_topic.values() if set(sites) <= hits.keys()]
    best = max(of_all, key=lambda hits: sum(hits[site].score for site in sites))
    return [best[site] for site in sites]
