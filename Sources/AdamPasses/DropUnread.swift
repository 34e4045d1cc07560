// drop-unread: drops constants that nobody reads.
// After this pass every constant in a register is read on some path before it is overwritten.
import AdamIR

extension ProgramPass {
  /// Statements leave the value `none` behind, and folded operators their operands.
  package static let dropUnread = ProgramPass(
    "drop-unread", purpose: "drop constants of the script that nothing reads"
  ) { program in
    var program = program
    for index in program.functions.indices {
      program.functions[index] = program.functions[index].droppingUnreadConstants()
    }
    return program
  }
}

extension ProgramFunction {
  /// Large functions stay as they are: the search grows with labels and registers.
  fileprivate func droppingUnreadConstants() -> ProgramFunction {
    guard labels.count * Int(registerCount) < 1 << 22 else { return self }
    var liveness = Liveness(self)
    let unread = liveness.unreadConstants()
    return unread.isEmpty ? self : dropping(unread.contains)
  }
}

/// Which registers are read later, walking backwards until loops change nothing any more.
private struct Liveness {
  private let function: ProgramFunction
  /// Somebody else reads these.
  private let shared: Set<Register>
  private var atLabel: [Int: Set<Register>] = [:]
  private var hasChanged = true

  init(_ function: ProgramFunction) {
    self.function = function
    shared = function.sharedRegisters
    for label in function.labels { atLabel[label] = [] }
  }

  mutating func unreadConstants() -> Set<Int> {
    var unread: Set<Int> = []
    while hasChanged {
      hasChanged = false
      unread = walk()
    }
    return unread
  }

  /// One walk from the end; what it finds counts once nothing has changed.
  private mutating func walk() -> Set<Int> {
    var unread: Set<Int> = []
    var live: Set<Register> = []
    for (index, instruction) in function.instructions.enumerated().reversed() {
      switch instruction {
      case .returnValue: live = []
      case .jump(let target), .loop(let target): live = atLabel[Int(target)] ?? []
      default: if let target = instruction.jumpTarget { live.formUnion(atLabel[Int(target)] ?? []) }
      }
      if case .constant(let d, _) = instruction, !live.contains(d), !shared.contains(d) { unread.insert(index) }
      live.subtract(instruction.surelyWrittenRegisters)
      live.formUnion(instruction.readRegisters)
      guard let known = atLabel[index], known != live else { continue }
      atLabel[index] = live
      hasChanged = true
    }
    return unread
  }
}

extension Instruction {
  /// A method that changes no variable leaves its register as it was.
  fileprivate var surelyWrittenRegisters: [Register] {
    if case .callMethod = self { [] } else { writtenRegisters }
  }
}
