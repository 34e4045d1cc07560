// One kernel call of a plan, and the loops that make the calls.
import AdamKernelABI
import CFloatState

/// Plain memory in a flat array. The arguments come first: their address is the instruction's.
struct Instruction {
  var arguments: KernelArguments
  var kernel: Kernel
  /// The units that it computes are the `units` from `first` on.
  var first = 0
  var units: Int
  /// In how many pieces threads share the call; 1: one thread computes all of it.
  var pieces: Int
  /// Estimated nanoseconds on one core.
  var cost: Double
  /// Units between two looks whether to stop, in runs that look; 0: the call is short.
  var pause: Int
  /// The calls of its stretch that must be done before it begins: bit i, the i-th one.
  var waits: UInt64 = 0
  /// The thread that has its lines, of a call in one piece; −1: any.
  var owner = -1
}

/// Calls one behind the other that threads work through together, each as soon as `waits` allow.
struct Stretch: Hashable {
  var first: Int
  var count: Int
  /// Threads share one of the calls.
  var isShared: Bool
  /// Estimated nanoseconds on one core.
  var cost: Double
}

extension UnsafePointer<Instruction> {
  @inline(__always)
  func compute() { pointee.kernel(UnsafeRawPointer(self), pointee.first, pointee.first &+ pointee.units) }

  /// The units `begin ..< end` of the call.
  /// - Parameter scratch: of the thread; nil: that of the arguments.
  @inline(__always)
  func compute(_ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer?) {
    let (first, kernel) = (pointee.first, pointee.kernel)
    guard let scratch else { return kernel(UnsafeRawPointer(self), first &+ begin, first &+ end) }
    var arguments = pointee.arguments
    arguments.scratch = scratch
    withUnsafePointer(to: &arguments) { kernel(UnsafeRawPointer($0), first &+ begin, first &+ end) }
  }

  /// Calls the kernels of some stretches in order. The caller has set the float state (`inFloatState`).
  @inline(__always)
  func run(_ stretches: UnsafePointer<Stretch>, _ range: Range<Int>, _ pool: ThreadPool) {
    for index in range {
      let (calls, count) = (self + stretches[index].first, stretches[index].count)
      if stretches[index].isShared {
        pool.run(calls, count, cost: stretches[index].cost)
      } else {
        for index in 0..<count { (calls + index).compute() }
      }
    }
  }

  /// The units from `begin` to `end` of this call, and nothing beside it.
  @inline(__always)
  fileprivate func call(_ begin: Int, _ end: Int, _ pool: ThreadPool) {
    if pointee.pieces == 1 {
      compute(begin, end, nil)
    } else {
      pool.run(self, from: begin, to: end)
    }
  }
}

/// The canonical float state for the time of `body` (subnormals are zero, nearest even), then the
/// host's again. Callers are never inlined, so that no arithmetic of theirs moves into it.
@inline(__always)
func inFloatState<R>(_ body: () -> R) -> R {
  let host = adam_float_state_get()
  adam_float_state_set(adam_float_state_canonical(host))
  let result = body()
  adam_float_state_set(host)
  return result
}

extension Plan {
  /// All calls.
  @inline(never)
  func runCalls() {
    inFloatState { instructions.run(stretches, 0..<stretchCount, runtime.pool) }
  }

  /// As above, and asks between the calls, and between pieces of long ones, whether to stop.
  /// Units are independent, so pieces change no bit. False: stopped, and results are incomplete.
  @inline(never)
  func runCalls(until isCancelled: () -> Bool) -> Bool {
    for index in 0..<instructionCount {
      let instruction = instructions + index
      let units = instruction.pointee.units
      let pause = instruction.pointee.pause == 0 ? max(units, 1) : instruction.pointee.pause
      var begin = 0
      repeat {
        let end = min(begin &+ pause, units)
        // Who is asked runs in the host's float state.
        inFloatState { instruction.call(begin, end, runtime.pool) }
        begin = end
        if isCancelled() { return false }
      } while begin < units
    }
    return true
  }
}

/// How the calls of a step are made. Steps are compiled for each way.
protocol StepCalls {
  /// Those of some stretches, in the canonical float state.
  func run(_ stretches: Range<Int>)
}

/// Threads share them.
struct SharedCalls: StepCalls {
  private let instructions: UnsafePointer<Instruction>
  private let stretches: UnsafePointer<Stretch>
  private let pool: ThreadPool

  init(_ plan: Plan) { (instructions, stretches, pool) = (plan.instructions, plan.stretches, plan.runtime.pool) }

  @inline(__always)
  func run(_ range: Range<Int>) { instructions.run(stretches, range, pool) }
}

/// One at a time, each by all threads, and how long each takes.
struct TimedCalls: StepCalls {
  let plan: Plan
  let times: CallTimes

  func run(_ range: Range<Int>) {
    for stretch in range {
      let (first, count) = (plan.stretches[stretch].first, plan.stretches[stretch].count)
      for index in first..<first + count {
        times.begins()
        (plan.instructions + index).call(0, plan.instructions[index].units, plan.runtime.pool)
        times.ends(index)
      }
    }
  }
}
