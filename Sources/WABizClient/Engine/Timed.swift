// What waits for a moment: a binary heap of jobs and lanes that knows where each of them stands, so that whatever is finished
// leaves it at once and nothing is kept alive by it.

/// Something that waits for a moment. It stands in one heap at most.
class Timed {
    /// Where it stands in the heap; negative when it is in none.
    final fileprivate(set) var place = -1
    /// The moment it waits for, on the engine's clock.
    final fileprivate(set) var wake = Clock.never
}

struct TimedHeap {
    private var items: ContiguousArray<Timed> = []

    /// The earliest moment; never when nothing waits.
    var earliest: Int64 { items.first?.wake ?? Clock.never }
    var count: Int { items.count }

    /// Lets it wait for that moment, and no longer for another one.
    mutating func set(_ item: Timed, at moment: Int64) {
        let before = item.wake
        item.wake = moment
        if item.place < 0 {
            item.place = items.count
            items.append(item)
            rise(item.place)
        } else if moment < before {
            rise(item.place)
        } else {
            sink(item.place)
        }
    }

    mutating func remove(_ item: Timed) {
        let place = item.place
        guard place >= 0, place < items.count else { return }
        item.place = -1
        let last = items.removeLast()
        guard last !== item else { return }
        items[place] = last
        last.place = place
        rise(place)
        sink(last.place)
    }

    /// The first whose moment has come; it leaves the heap.
    mutating func popDue(_ now: Int64) -> Timed? {
        guard let first = items.first, first.wake <= now else { return nil }
        remove(first)
        return first
    }

    private mutating func rise(_ start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard items[place].wake < items[parent].wake else { return }
            exchange(place, parent)
            place = parent
        }
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            let left = 2 * place + 1
            guard left < items.count else { return }
            let child = left + 1 < items.count && items[left + 1].wake < items[left].wake ? left + 1 : left
            guard items[child].wake < items[place].wake else { return }
            exchange(place, child)
            place = child
        }
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        items.swapAt(one, other)
        items[one].place = one
        items[other].place = other
    }
}
