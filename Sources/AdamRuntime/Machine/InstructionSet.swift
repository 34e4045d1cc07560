// Which of the three builds of the kernels runs on this processor. The bits do not depend on it.
import AdamKernelABI
import AdamKernels
import CProcessor

#if arch(x86_64)
  import AdamKernelsV3
  import AdamKernelsV4
#endif

package enum InstructionSet: String, Hashable, Sendable, CaseIterable, Comparable {
  /// x86-64 or any other processor; fused multiply-add in software where there is none.
  case base
  /// AVX2, FMA.
  case v3
  /// AVX-512.
  case v4

  private var rank: Int { self == .base ? 1 : (self == .v3 ? 3 : 4) }
  package static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.rank < b.rank }

  /// The best one that processor and operating system both support.
  package static let detected: InstructionSet = {
    let level = Int(adam_processor_level())
    return level >= 4 ? .v4 : (level >= 3 ? .v3 : .base)
  }()

  package var isSupported: Bool { self <= InstructionSet.detected }

  var kernels: KernelTable {
    #if arch(x86_64)
      switch self {
      case .base: return kernelTableBase()
      case .v3: return kernelTableV3()
      case .v4: return kernelTableV4()
      }
    #else
      return kernelTableBase()
    #endif
  }
}
