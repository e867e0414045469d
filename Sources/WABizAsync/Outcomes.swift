// The outcomes of a sequence of messages, pulled by whoever iterates: what is taken from the sequence and what is handed out keep
// each other in step.
import WABiz
public import WABizClient

/// What `AsyncClient.sendAll` gives. Each iteration sends the whole sequence.
public struct Outcomes<Messages: Sequence>: AsyncSequence where Messages.Element == Submission {
    public typealias Element = Outcome
    public typealias Failure = Never

    let messages: Messages
    let client: AsyncClient
    let inFlight: Int

    public func makeAsyncIterator() -> Iterator { Iterator(messages: messages.makeIterator(), client: client, inFlight: inFlight) }

    public struct Iterator: AsyncIteratorProtocol {
        private var messages: Messages.Iterator
        private let client: AsyncClient
        private let inFlight: Int
        private let lease: StreamLease
        private var number = 0
        private var isExhausted = false
        /// Taken from the sequence, but not by the client.
        private var held: [Submission] = []
        /// Taken by the client, and the outcome not here yet.
        private var flying = 0

        fileprivate init(messages: Messages.Iterator, client: AsyncClient, inFlight: Int) {
            self.messages = messages
            self.client = client
            self.inFlight = inFlight
            lease = StreamLease(client)
        }

        public mutating func next() async -> Outcome? { await next(isolation: #isolation) }

        public mutating func next(isolation actor: isolated (any Actor)?) async -> Outcome? {
            while lease.ready.isEmpty {
                fill()
                if held.isEmpty, flying == 0 { return nil }
                let (taken, outcomes) = await client.exchange(held, for: lease.stream)
                held.removeFirst(taken)
                flying += taken - outcomes.count
                lease.ready = outcomes.reversed()
            }
            return lease.ready.popLast()
        }

        private mutating func fill() {
            if Task.isCancelled {
                isExhausted = true
                held = []
            }
            while !isExhausted, held.count + flying < inFlight {
                guard let submission = messages.next() else { return isExhausted = true }
                held.append(submission.tagged(number))
                number += 1
            }
        }
    }
}

extension AsyncClient {
    /// Submits as many as there is room for, then waits until the stream has an outcome, or somebody else's makes room.
    /// - Returns: how many were taken, and the outcomes.
    func exchange(_ batch: [Submission], for stream: Stream) async -> (taken: Int, outcomes: [Outcome]) {
        var taken = 0
        var isFull = false
        for submission in batch {
            do throws(Failure) {
                try submit(submission, for: stream)
            } catch {
                if error.code == .full {
                    isFull = true
                    break
                }
                stream.outcomes.append(Outcome(ticket: 0, tag: submission.options.tag, attempts: 0, result: .failure(error)))
            }
            taken += 1
        }
        if stream.outcomes.isEmpty {
            if !stream.flying.isEmpty {
                let reader = Waiter()
                stream.reader = reader
                await wait(reader) { $0.takeBack(stream.flying) }
            } else if isFull {
                await room()
                if Task.isCancelled { makeRoom(1) }
            }
        }
        defer { stream.outcomes = [] }
        return (taken, stream.outcomes)
    }
}

/// What the client knows of one iteration. Used on the client's queue alone.
final class Stream: @unchecked Sendable {
    var flying: Set<UInt64> = []
    var outcomes: [Outcome] = []
    /// Outcomes that the iterator has and did not read yet, as far as is known.
    var handedOut = 0
    /// The iterator, where it waits for an outcome.
    var reader: Waiter?
    /// The task that takes messages from an asynchronous source, where it waits for room.
    var room: Waiter?
    /// The source has no more.
    var isExhausted = false
    /// No more is taken from the source.
    var isStopped = false
    var isLeft = false

    func take(_ outcome: Outcome) {
        flying.remove(outcome.ticket)
        outcomes.append(outcome)
        wakeReader()
    }

    func wakeReader() {
        reader?.end()
        reader = nil
    }

    func makeRoom() {
        room?.end()
        room = nil
    }
}

/// Lives as long as the iterator, and tells the client of its end and of what was not handed out until then.
final class StreamLease {
    let stream = Stream()
    /// Outcomes in the order in which they are to be handed out, the next one last.
    var ready: [Outcome] = []
    /// Takes messages from an asynchronous source.
    var feeder: Task<Void, Never>?
    private let client: AsyncClient

    init(_ client: AsyncClient) { self.client = client }

    deinit {
        feeder?.cancel()
        client.leave(stream, unread: ready.reversed())
    }
}
