import demo_extension


def test_triple():
    assert demo_extension.triple(14) == 42
