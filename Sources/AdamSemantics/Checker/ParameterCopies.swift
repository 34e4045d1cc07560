// Parameters are copies: a change of one that nothing in the function reads afterwards has no effect.
import AdamIR

extension ProgramFunction {
  /// The parameter in this register, when nothing reads it after an instruction that changes a part of it.
  func unseenParameter(_ register: Register, changedAt position: Int) -> String? {
    guard parameters.indices.contains(Int(register.index)) else { return nil }
    // Of a loop around it, what stands above comes later too.
    var first = position + 1
    for case .loop(let header) in instructions.dropFirst(first) where header <= position {
      first = min(first, Int(header))
    }
    let isRead = instructions.enumerated().contains { index, instruction in
      index >= first && index != position && instruction.looks(at: register)
    }
    return isRead ? nil : parameters[Int(register.index)].name
  }
}

extension Instruction {
  /// Reads the register otherwise than to change a part of it.
  fileprivate func looks(at register: Register) -> Bool {
    switch self {
    case .setField(let base, _, let value) where base == register: value == register
    case .setIndex(let base, let items, let value) where base == register:
      value == register || items.contains { $0.register == register }
    default: readRegisters.contains(register)
    }
  }
}
