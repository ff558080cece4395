"""What a message shows besides its words, as the preview draws it."""

from typing import Final

from sandbox.preview.channel import Kind

_TAG: Final = "tgme_widget_message"
_LABEL: Final = (
    '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported">'
    '<div class="message_media_not_supported_label">{}</div>'
    '<span class="message_media_view_in_telegram">VIEW IN TELEGRAM</span></div></div>'
)
_BROWSER: Final = _LABEL.format("This media is not supported in your browser")
_TOO_BIG: Final = _LABEL.format("Media is too big")
OPEN_TELEGRAM: Final = _LABEL.format("Please open Telegram to view this post")
# A film's time is a duration, without a date.
_FILM: Final = (
    '<div class="message_video_play js-message_video_play"></div>'
    '<time class="message_video_duration js-message_video_duration">0:27</time>'
)
_BARS: Final = "".join(f'<s style="height:{number % 100}%;"></s>' for number in range(60))
_FILE: Final = (
    f'<div class="{_TAG}_document"><div class="{_TAG}_document_title accent_color" dir="auto">'
    f'berkas</div><div class="{_TAG}_document_extra" dir="auto">1 KB</div></div>'
)

# {link}: where the message opens. {more}: further classes, for the members of albums.
_DRAWN: Final = {
    Kind.PHOTO: f'<a class="{_TAG}_photo_wrap {{more}}" href="{{link}}" '
    "style=\"background-image:url('https://cdn.example/file/x.jpg')\">"
    f'<div class="{_TAG}_photo"></div></a>',
    Kind.VIDEO: f'<a class="{_TAG}_video_player {{more}}" href="{{link}}"><div '
    f'class="{_TAG}_video_wrap"><video src="https://cdn.example/file/x.mp4"></video></div>'
    f"{_FILM}{_BROWSER}</a>",
    Kind.BIG_VIDEO: f'<a class="{_TAG}_video_player not_supported" href="{{link}}">'
    f"{_FILM}{_TOO_BIG}</a>",
    Kind.ANIMATION: f'<a class="{_TAG}_video_player" href="{{link}}"><video loop></video></a>',
    Kind.ROUND_VIDEO: f'<div class="{_TAG}_roundvideo_player"><video '
    f'class="{_TAG}_roundvideo"></video>{_BROWSER}'
    f'<time class="{_TAG}_roundvideo_duration">0:05</time></div>',
    Kind.VOICE: f'<a class="{_TAG}_voice_player" href="{{link}}"><audio class="{_TAG}_voice">'
    f'</audio><div class="bar">{_BARS}</div><time class="{_TAG}_voice_duration">0:01</time></a>',
    Kind.AUDIO: f'<a class="{_TAG}_document_wrap" href="{{link}}"><div '
    f'class="{_TAG}_document_icon accent_bg audio"></div>{_FILE}</a>',
    Kind.DOCUMENT: f'<a class="{_TAG}_document_wrap" href="{{link}}"><div '
    f'class="{_TAG}_document_icon accent_bg"></div>{_FILE}</a>',
    Kind.STICKER: f'<div class="message_media_not_supported_wrap media_not_supported_cont">'
    f'{_BROWSER}</div><div class="{_TAG}_sticker_wrap media_supported_cont"><i '
    f'class="{_TAG}_sticker js-sticker_image"></i></div>',
    Kind.LOCATION: f'<a class="{_TAG}_location_wrap" href="https://maps.example/?q=0,0"></a>',
    Kind.CONTACT: f'<a class="{_TAG}_contact_wrap"><div class="{_TAG}_contact">Seseorang</div></a>',
}


def medium(kind: Kind, link: str, more: str = "") -> str:
    """The element of a kind; empty for what has words alone."""
    return _DRAWN.get(kind, "").format(link=link, more=more)
