import VC3Model

/// Moments, the earliest first: a binary heap. What is no longer true is left in it until its moment comes.
struct Deadlines: Sendable {
    private var heap: [(moment: Timestamp, pilot: PilotID)] = []

    init() {}

    init(of records: [PilotRecord], _ moment: (PilotRecord) -> Timestamp?) {
        heap = records.compactMap { record in moment(record).map { ($0, record.id) } }
        heap.sort { $0.moment < $1.moment }
    }

    var count: Int { heap.count }
    var first: (moment: Timestamp, pilot: PilotID)? { heap.first }

    mutating func insert(_ moment: Timestamp, _ pilot: PilotID) {
        heap.append((moment, pilot))
        var child = heap.count - 1
        while child > 0, heap[child].moment < heap[(child - 1) / 2].moment {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() {
        if heap.count < 2 { return heap.removeAll() }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while let child = [2 * parent + 1, 2 * parent + 2].filter({ $0 < heap.count }).min(by: {
            heap[$0].moment < heap[$1].moment
        }), heap[child].moment < heap[parent].moment {
            heap.swapAt(parent, child)
            parent = child
        }
    }
}
