"""A file that was refused: what would mend it as buttons and fields, and all other choices of the preparation."""

from dataclasses import replace

import streamlit as st

from core.chem.prepare import Options
from core.chem.subject import Refused
from core.view.preparation import Apply, show_choices
from core.view.words import escaped


def show_refused(refused: Refused, apply: Apply) -> None:
    """The choices by which a file may be prepared after all; what would mend it, where that is known, as buttons."""
    with st.container(border=True):
        st.markdown(f"**Prepare {escaped(refused.source.filename)} otherwise**")
        mended = ways_out(refused)
        with st.container(horizontal=True):
            for label, options in mended.items():
                if st.button(label, icon=":material/content_cut:"):
                    apply(options)
        show_choices(
            refused.options,
            refused.chains,
            refused.source.digest,
            apply,
            folded=bool(mended),
            beneath=True,
            unknown=refused.smiles,
        )


def ways_out(refused: Refused) -> dict[str, Options]:
    """What a button says -> the options it stands for."""
    now, ways = refused.options, {}
    if names := tuple(name for name in refused.without if name not in now.drop):
        ways[f"Leave out {escaped(' and '.join(names))}"] = replace(now, drop=(*now.drop, *names))
    if refused.unsupported and now.unsupported == "refuse":
        ways["Leave out those atoms alone"] = replace(now, unsupported="drop")
    return ways
