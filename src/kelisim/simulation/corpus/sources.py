"""The invented sources of the demonstration corpus: no portal, page or channel bears these names."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SOURCES", "Source"]


@dataclass(frozen=True, slots=True)
class Source:
    """A source: id, name, platform, district ("SY" for the oblast), chances of Kazakh, Russian and Uzbek.

    posts_month : mean of posts a month; audience_persons : who sees a post; comments : relative to others
    """

    source_id: str
    name: str
    platform: str
    area_id: str
    languages: tuple[float, float, float]
    posts_month: float
    audience_persons: int
    comments: float


SOURCES = (
    Source("synaq-aqparat", "Сынақ ақпарат", "portal", "SY", (0.7, 0.3, 0.0), 11, 9_000, 0.6),
    Source("probny-kray", "Пробный край", "portal", "SY", (0.0, 1.0, 0.0), 11, 8_000, 0.6),
    Source("aldar-habary", "Алдар хабары", "portal", "SY1", (1.0, 0.0, 0.0), 6, 1_500, 0.3),
    Source("besqum-telegram", "Бесқұм тынысы", "telegram", "SY2", (0.8, 0.2, 0.0), 7, 2_200, 1.0),
    Source("jarsu-ovozi", "Jarsu ovozi", "portal", "SY3", (0.1, 0.0, 0.9), 7, 2_500, 0.9),
    Source("koltobe-chat", "Көлтөбе чат", "telegram", "SY4", (0.6, 0.4, 0.0), 8, 1_800, 1.6),
    Source("moyynty-vk", "Подслушано Мойынты", "vk", "SY5", (0.1, 0.9, 0.0), 9, 3_500, 1.6),
    Source("tasotkel-life", "Тасөткел life", "instagram", "SY6", (0.5, 0.5, 0.0), 8, 3_000, 1.5),
    Source(
        "zhanqara-akimat", "Жаңқара ауданының әкімдігі", "facebook", "SY7", (0.8, 0.2, 0.0), 7, 1_200, 0.5
    ),
    Source("qonyrsay-qauym", "Қоңырсай қауымы", "facebook", "SY8", (0.9, 0.1, 0.0), 8, 1_600, 1.0),
    Source("nurqyr-zhastary", "Нұрқыр жастары", "instagram", "SY10", (0.7, 0.3, 0.0), 6, 2_800, 1.3),
    Source("mayqamys-bozori", "Mayqamis bozori", "facebook", "SY13", (0.2, 0.1, 0.7), 7, 2_000, 1.2),
)
