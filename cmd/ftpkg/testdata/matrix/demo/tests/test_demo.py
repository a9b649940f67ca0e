import demo


def test_add():
    before = demo.value()
    for _ in range(1000):
        demo.add(1)
    assert demo.value() >= before + 1000
