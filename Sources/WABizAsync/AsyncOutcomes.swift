// The outcomes of an asynchronous sequence of messages: a task takes them from their source as there is room, while whoever iterates
// reads outcomes. A source that is slow holds up no outcome, and a slow reader holds back the source.
public import WABiz
public import WABizClient

/// What `AsyncClient.sendAll` gives for an asynchronous sequence. Each iteration sends the whole of it. What the source throws is
/// thrown once what it gave before has its outcomes.
public struct AsyncOutcomes<Messages: AsyncSequence & Sendable>: AsyncSequence, Sendable {
    public typealias Element = Outcome
    public typealias Failure = Messages.Failure

    let messages: Messages
    let submission: @Sendable (Messages.Element) -> Submission
    let client: AsyncClient
    let inFlight: Int

    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    public struct Iterator: AsyncIteratorProtocol {
        private let outcomes: AsyncOutcomes
        private let lease: StreamLease
        private let end = End()

        /// What the source ended with. Written before the stream is told of its end, and read after.
        fileprivate final class End: @unchecked Sendable {
            var failure: Messages.Failure?
        }

        fileprivate init(_ outcomes: AsyncOutcomes) {
            self.outcomes = outcomes
            lease = StreamLease(outcomes.client)
        }

        public mutating func next() async throws(Messages.Failure) -> Outcome? { try await next(isolation: #isolation) }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(Messages.Failure) -> Outcome? {
            if lease.feeder == nil { lease.feeder = outcomes.feed(lease.stream, end) }
            while lease.ready.isEmpty {
                let (client, stream, feeder) = (outcomes.client, lease.stream, lease.feeder)
                let found = await withTaskCancellationHandler { await client.collect(stream) } onCancel: { feeder?.cancel() }
                guard let found else {
                    guard let failure = end.failure else { return nil }
                    end.failure = nil
                    throw failure
                }
                lease.ready = found.reversed()
            }
            return lease.ready.popLast()
        }
    }

    private func feed(_ stream: Stream, _ end: Iterator.End) -> Task<Void, Never> {
        Task {
            var source = messages.makeAsyncIterator()
            var number = 0
            do throws(Messages.Failure) {
                while await client.waitForRoom(in: stream, inFlight), let message = try await source.next(isolation: nil) {
                    await client.take(submission(message).tagged(number), for: stream)
                    number += 1
                }
            } catch {
                end.failure = error
            }
            await client.endSource(of: stream)
        }
    }
}

extension AsyncClient {
    /// The same as for a sequence: the outcomes come as they become known, while the source is waited for. What the source throws is
    /// thrown at the end. Where the task is cancelled or the loop is left, the task that reads the source is cancelled too, and a message
    /// that it has and the client has not is dropped.
    public nonisolated func sendAll<Messages: AsyncSequence & Sendable>(_ messages: Messages, inFlight: Int = 1024) -> AsyncOutcomes<Messages>
    where Messages.Element == Submission {
        AsyncOutcomes(messages: messages, submission: { $0 }, client: self, inFlight: max(1, inFlight))
    }

    /// The same for messages without options; an outcome's tag is the number of its message, from 0.
    public nonisolated func sendAll<Messages: AsyncSequence & Sendable>(_ messages: Messages, inFlight: Int = 1024) -> AsyncOutcomes<Messages>
    where Messages.Element == Message {
        AsyncOutcomes(messages: messages, submission: { Submission($0) }, client: self, inFlight: max(1, inFlight))
    }

    /// Before a message is taken from a source. - Returns: false when no more are wanted.
    fileprivate func waitForRoom(in stream: Stream, _ inFlight: Int) async -> Bool {
        while !stream.isStopped, !Task.isCancelled, stream.flying.count + stream.outcomes.count + stream.handedOut >= inFlight {
            let room = Waiter()
            stream.room = room
            await wait(room) { _ in room.end() }
        }
        return !stream.isStopped && !Task.isCancelled
    }

    /// Takes one message, once there is room in the client's queue.
    fileprivate func take(_ submission: Submission, for stream: Stream) async {
        while !stream.isStopped, !Task.isCancelled {
            do throws(Failure) {
                return try submit(submission, for: stream)
            } catch {
                guard error.code == .full else {
                    return stream.take(Outcome(ticket: 0, tag: submission.options.tag, attempts: 0, result: .failure(error)))
                }
            }
            await room()
        }
    }

    fileprivate func endSource(of stream: Stream) {
        stream.isExhausted = true
        stream.wakeReader()
    }

    /// Waits for outcomes. - Returns: nil when there will be no more.
    fileprivate func collect(_ stream: Stream) async -> [Outcome]? {
        if Task.isCancelled { stop(stream) }
        stream.handedOut = 0
        stream.makeRoom()
        while stream.outcomes.isEmpty {
            if stream.flying.isEmpty, stream.isExhausted || stream.isStopped { return nil }
            let reader = Waiter()
            stream.reader = reader
            await wait(reader) { $0.stop(stream) }
        }
        defer { stream.outcomes = [] }
        stream.handedOut = stream.outcomes.count
        return stream.outcomes
    }

    /// Nothing more is taken, and what is under way is taken back.
    func stop(_ stream: Stream) {
        stream.isStopped = true
        stream.makeRoom()
        takeBack(stream.flying)
        if stream.flying.isEmpty { stream.wakeReader() }
    }
}
