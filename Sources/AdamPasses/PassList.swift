// All passes by name, for the command line: what can be shown and what can be switched off.
import AdamIR

package struct PassDescription: Hashable, Sendable {
  /// What a pass works on.
  package enum Level: String, Hashable, Sendable, CaseIterable {
    case program = "@main"
    case function = "tensor functions"
    case memory = "memory"
  }

  package let name: String
  package let level: Level
  package let purpose: String
  /// What would be missing without it; nil: it can be disabled.
  package let necessity: String?

  /// In the order in which they run, each once.
  package static let all: [PassDescription] = {
    let update = OptimizerUpdate(.sgd, slots: [], scalarCount: 0)
    let passes = Pipeline.training(update).entries.map(\.pass)
    let list =
      ProgramPipeline.standard.passes.map {
        PassDescription(name: $0.name, level: .program, purpose: $0.purpose, necessity: nil)
      }
      + passes.map {
        PassDescription(name: $0.name, level: .function, purpose: $0.purpose, necessity: $0.necessity)
      } + MemoryPlan.passes
    var seen: Set<String> = []
    return list.filter { seen.insert($0.name).inserted }
  }()
}

extension MemoryPlan {
  /// The part of memory planning that can be left out.
  package static let inPlaceName = "in-place"

  static let passes = [
    PassDescription(
      name: inPlaceName, level: .memory,
      purpose: "compute results in the storage of an operand that ends there", necessity: nil),
    PassDescription(
      name: "plan-memory", level: .memory, purpose: "give every value its place in one arena",
      necessity: "without it there is no memory to run in"),
  ]
}
