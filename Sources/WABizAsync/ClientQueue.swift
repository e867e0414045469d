// The serial queue on which a client lives: its actor runs there, and so does what the descriptor wakes.
import Dispatch

final class ClientQueue: SerialExecutor {
    let queue = DispatchQueue(label: "wabiz.client")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { unsafe UnownedSerialExecutor(ordinary: self) }

    /// Lets what the descriptor wakes on this queue use the actor.
    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
