import threading
import time

from course_lib.grading.gate import Gate


def test_whoever_wants_to_be_alone_is_alone():
    gate, inside, most = Gate(), [], []

    def pass_through(is_alone):
        with gate.alone() if is_alone else gate.shared():
            inside.append(is_alone)
            time.sleep(0.01)
            most.append((len(inside), any(inside)))
            inside.remove(is_alone)

    threads = [threading.Thread(target=pass_through, args=(n % 4 == 0,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(most) == 16
    assert all(n == 1 for n, has_lonely in most if has_lonely)
    assert max(n for n, _ in most) > 1
