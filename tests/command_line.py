"""`complaints ...` in this process, for tests of what it answers; that it is a program of its own, others see."""

import asyncio
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper

import pytest

from local.cli import main


async def complaints(*words: str) -> tuple[int, bytes, bytes]:
    """Its exit code, and what it said to both outputs."""
    return await asyncio.to_thread(_carried_out, ["complaints", *words])


def _carried_out(words: list[str]) -> tuple[int, bytes, bytes]:
    code: int | str | None = 0
    out, err = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", words)
        try:
            main()
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int | None), code
    return code or 0, _bytes(out), _bytes(err)


def _bytes(said: TextIOWrapper) -> bytes:
    assert isinstance(said.buffer, BytesIO)
    return said.buffer.getvalue()
