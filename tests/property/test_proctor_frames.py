# SPDX-License-Identifier: Apache-2.0
"""Whatever bytes arrive, a frame is either decoded or refused by name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from proctor.vision.frames import check_jpeg, decode_jpeg
from tests.clips import picture, to_jpeg

SMALL = to_jpeg(picture("present", size=(64, 48)))
PROGRESSIVE = to_jpeg(picture("two", size=(64, 48)), progressive=True)
CODES = {
    "frame_empty",
    "frame_too_large",
    "frame_not_jpeg",
    "frame_truncated",
    "frame_corrupt",
    "frame_too_many_pixels",
    "frame_too_small",
}


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sound file with some bytes overwritten, cut out or put in."""
    data = bytearray(draw(st.sampled_from([SMALL, PROGRESSIVE])))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    return bytes(data)


@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=200).map(lambda middle: b"\xff\xd8" + middle + b"\xff\xd9"),
        damaged(),
    )
)
def test_a_frame_is_decoded_to_the_size_it_states_or_refused_by_name(data: bytes) -> None:
    code: str | None = None
    try:
        header = check_jpeg(data)
        pixels = decode_jpeg(data)
    except Invalid as error:
        code = error.code
    else:
        assert pixels.shape == (header.height, header.width, 3)
    assert code is None or code in CODES
