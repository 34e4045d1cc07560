// One kernel call of a plan, and the loop that makes the calls.
import AdamKernelABI
import CFloatState

/// Plain memory in a flat array. The arguments come first: their address is the instruction's.
struct Instruction {
  var arguments: KernelArguments
  var kernel: Kernel
  var units: Int
  /// Units in a piece when threads share the call; 0: the caller computes all of it.
  var grain: Int
  /// Worth starting threads for.
  var isLarge: Bool
  /// Units between two looks whether to stop, in runs that look; 0: the call is short.
  var pause: Int
}

extension UnsafePointer<Instruction> {
  /// Calls the kernels `range` in order. The caller has set the float state (`inFloatState`).
  @inline(__always)
  func run(_ range: Range<Int>, _ pool: ThreadPool, _ watch: some CallWatch) {
    for index in range {
      watch.begins()
      (self + index).call(0, (self + index).pointee.units, pool)
      watch.ends(index)
    }
  }

  /// The units from `begin` to `end` of this call.
  @inline(__always)
  fileprivate func call(_ begin: Int, _ end: Int, _ pool: ThreadPool) {
    let arguments = UnsafeRawPointer(self)
    if pointee.grain == 0 {
      pointee.kernel(arguments, begin, end)
    } else {
      pool.run(pointee.kernel, arguments, from: begin, to: end, grain: pointee.grain, isLarge: pointee.isLarge)
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

@inline(never)
func runInstructions(
  _ instructions: UnsafePointer<Instruction>, _ range: Range<Int>, _ pool: ThreadPool
) {
  inFloatState { instructions.run(range, pool, Unwatched()) }
}

/// As `runInstructions`, and asks between the calls, and between pieces of long ones, whether to stop.
/// Units are independent, so pieces change no bit. False: stopped, and results are incomplete.
@inline(never)
func runInstructions(
  _ instructions: UnsafePointer<Instruction>, _ range: Range<Int>, _ pool: ThreadPool,
  until isCancelled: () -> Bool
) -> Bool {
  for index in range {
    let instruction = instructions + index
    let units = instruction.pointee.units
    let pause = instruction.pointee.pause == 0 ? max(units, 1) : instruction.pointee.pause
    var begin = 0
    repeat {
      let end = min(begin &+ pause, units)
      // Who is asked runs in the host's float state.
      inFloatState { instruction.call(begin, end, pool) }
      begin = end
      if isCancelled() { return false }
    } while begin < units
  }
  return true
}
