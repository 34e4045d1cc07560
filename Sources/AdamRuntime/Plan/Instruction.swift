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
}

extension UnsafePointer<Instruction> {
  /// Calls the kernels `range` in order. The caller has set the float state (`inFloatState`).
  @inline(__always)
  func run(_ range: Range<Int>, _ pool: ThreadPool) {
    for index in range {
      let instruction = self + index
      let arguments = UnsafeRawPointer(instruction)
      let grain = instruction.pointee.grain
      if grain == 0 {
        instruction.pointee.kernel(arguments, 0, instruction.pointee.units)
      } else {
        pool.run(
          instruction.pointee.kernel, arguments, units: instruction.pointee.units, grain: grain)
      }
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
  inFloatState { instructions.run(range, pool) }
}
