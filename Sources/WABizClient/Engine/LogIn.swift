// Logging in to an On-Premises client while messages wait: one login for all of them, driven by the wheel as any other transfer.
// A login that fails is a failed attempt of every message that waits for it.
import CCurl
import WABiz

final class LogIn {
    fileprivate let live: LiveAccount
    /// A login is under way.
    fileprivate var isUnderWay = false
    /// Lanes that wait for it.
    fileprivate var waiting: [Lane] = []
    /// Routes with the token of the last login, one per lane.
    private var routes: [Route] = []

    init(_ live: LiveAccount) { self.live = live }

    /// True when a message that needs a token has to wait for one.
    var isWanted: Bool { live.isClosed }

    /// The same route with the token that holds now.
    /// - Throws: `.noMemory`
    func route(for route: Route) throws(Failure) -> Route {
        guard let account = live.ready(), route.generation != live.generation else { return route }
        if route.call.purpose == .send, let known = routes.first(where: { $0.lane === route.lane && $0.generation == live.generation }) {
            return known
        }
        let made = try Route(route.call.authorized(by: account), route.lane, logsIn: true, generation: live.generation)
        if route.call.purpose == .send {
            routes.removeAll { $0.generation != live.generation }
            routes.append(made)
        }
        return made
    }
}

extension Engine {
    /// Lets a lane wait for a login, and begins one unless it is under way.
    func beginLogIn(_ lane: Lane, _ now: Int64) {
        lane.heldUntil = Clock.never
        if !logIn.waiting.contains(where: { $0 === lane }) { logIn.waiting.append(lane) }
        guard !logIn.isUnderWay else { return }
        startLogIn(lane, now)
    }

    private func startLogIn(_ lane: Lane, _ now: Int64) {
        guard let call = logIn.live.logIn else { return endLogIn(.success(())) }
        logIn.isUnderWay = true
        do throws(Failure) {
            launch(try Job(logIn: Route(call, lane, logsIn: false), body: call.body, now: now), now)
        } catch {
            endLogIn(.failure(error))
        }
    }

    /// A login has come back.
    func landLogIn(_ job: Job, _ slot: Slot, _ code: CURLcode) {
        let call = job.route.call
        slot.count(in: &numbers, job, isAnswered: code == CURLE_OK)
        let result: Result<Void, Failure>
        do throws(Failure) {
            result = .success(try logIn.live.begin(slot.answer(code, for: call), to: call))
        } catch {
            result = .failure(error)
        }
        log?.write(.login(LogLine.Ending(result.map { _ in nil }), microseconds: slot.microseconds))
        release(slot)
        if case .failure(let failure) = result, logIn.live.isWorthAnother(failure) { return startLogIn(job.route.lane, Clock.milliseconds) }
        endLogIn(result)
    }

    /// Lets go whoever waited for the login.
    func endLogIn(_ result: Result<Void, Failure>) {
        logIn.isUnderWay = false
        let lanes = logIn.waiting
        logIn.waiting = []
        for lane in lanes {
            lane.heldUntil = nil
            if case .failure(let failure) = result { lose(lane, LiveAccount.wrapped(failure)) }
            if !lane.isEmpty { enter(lane) }
        }
    }

    /// Nothing of these messages left.
    private func lose(_ lane: Lane, _ failure: Failure) {
        let now = Clock.milliseconds
        for job in lane.jobs where job.route.logsIn {
            leave(job)
            job.attempts = job.attempts == .max ? .max : job.attempts + 1
            lost(job, failure, hasLeft: false, nil, now)
        }
    }

    /// Puts a message back that was refused because its token had ended: once, and it counts as no attempt.
    func putBack(_ job: Job, _ failure: Failure) -> Bool {
        guard job.route.logsIn, !job.isRenewed, logIn.live.isOutdated(failure, job.route.generation) else { return false }
        numbers.noteRefusal(failure)
        log?.write(.retry(ticket: job.ticket, after: 0, LogLine.Ending(failure)))
        job.isRenewed = true
        job.attempts -= job.attempts > 0 ? 1 : 0
        queueFirst(job)
        return true
    }
}
