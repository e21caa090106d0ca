"""The structure that a visitor asked for, until it is read."""

from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from core.chem.examples import example_subject
    from core.chem.subject import Progress, Subject
    from core.view import structure

    def read(progress: Progress) -> Subject:
        st.session_state.times += 1
        progress("reading")
        if st.session_state.times == 1:
            st.rerun()
        return example_subject("formamide")

    if "times" not in st.session_state:
        st.session_state.times = 0
        structure.ask_for(read)
    st.text(structure.asked().molecule.title)
    st.text(f"{st.session_state.times} {structure.wanted()}")


def test_a_reading_that_a_rerun_ended_is_done_again_and_once() -> None:
    page = AppTest.from_function(_page, default_timeout=120).run()
    assert [text.value for text in page.text] == ["Formamide", "2 False"]
    page.run()
    assert [text.value for text in page.text] == ["Formamide", "2 False"]


def _failing_page() -> None:
    import streamlit as st

    from core.chem.subject import Progress, Subject
    from core.errors import StructureError
    from core.view import structure

    def read(progress: Progress) -> Subject:
        raise StructureError("It is not there.", "Take another.")

    if "asked" not in st.session_state:
        st.session_state.asked = True
        structure.ask_for(read)
    try:
        structure.asked()
    except StructureError as error:
        structure.fail(error)
    structure.show_last_problem()
    st.text(f"{structure.wanted()}")


def test_a_reading_that_failed_is_not_done_again() -> None:
    page = AppTest.from_function(_failing_page, default_timeout=120).run()
    assert "It is not there" in page.error[0].value
    assert page.text[0].value == "False"
