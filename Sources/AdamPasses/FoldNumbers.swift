// fold-numbers: computes arithmetic on the host's numbers that are written in the script.
// After this pass no operator stands between two numbers of straight-line code, unless it is an error.
import AdamIR

extension ProgramPass {
  /// Sums, differences, products, quotients, signs and comparisons of known numbers, `not` of known
  /// truths. IEEE operations in Double, as the VM does them. What would not be finite is left to the
  /// VM, which has the error.
  package static let foldNumbers = ProgramPass(
    "fold-numbers", purpose: "compute arithmetic on numbers that stand in the script"
  ) { program in
    var program = program
    for index in program.functions.indices {
      var folding = NumberFolding(program.functions[index])
      folding.run()
      program.functions[index] = folding.function
    }
    return program
  }
}

private struct NumberFolding {
  private(set) var function: ProgramFunction
  private let labels: Set<Int>
  /// Somebody else writes these.
  private let shared: Set<Register>
  /// What registers hold where the walk stands; forgotten wherever paths meet.
  private var known: [Register: Constant] = [:]

  init(_ function: ProgramFunction) {
    self.function = function
    labels = function.labels
    shared = function.sharedRegisters
  }

  mutating func run() {
    for index in function.instructions.indices {
      if labels.contains(index) { known.removeAll(keepingCapacity: true) }
      visit(index)
    }
  }

  private mutating func visit(_ index: Int) {
    let instruction = function.instructions[index]
    if let (d, value) = result(of: instruction) {
      function.instructions[index] = .constant(d: d, value)
      if !shared.contains(d) { known[d] = value }
    } else if case .constant(let d, let value) = instruction {
      if !shared.contains(d) { known[d] = value }
    } else {
      for register in instruction.writtenRegisters { known[register] = nil }
      // The state of an iterator takes the registers behind it as well.
      if case .iterate(let d, _) = instruction {
        for offset: Int32 in 1...2 { known[Register(d.index + offset)] = nil }
      }
    }
  }

  private func result(of instruction: Instruction) -> (Register, Constant)? {
    switch instruction {
    case .binary(let d, let op, let a, let b):
      guard case .number(let x)? = known[a], case .number(let y)? = known[b],
        let value = NumberFolding.value(op, x, y)
      else { return nil }
      return (d, value)
    case .negate(let d, let a):
      guard case .number(let x)? = known[a] else { return nil }
      return (d, .number(-x))
    case .not(let d, let a):
      guard case .bool(let x)? = known[a] else { return nil }
      return (d, .bool(!x))
    default: return nil
    }
  }

  private static func value(_ op: ProgramOperator, _ x: Double, _ y: Double) -> Constant? {
    switch op {
    case .add: finite(x + y)
    case .subtract: finite(x - y)
    case .multiply: finite(x * y)
    case .divide: finite(x / y)
    case .equal: .bool(x == y)
    case .notEqual: .bool(x != y)
    case .less: .bool(x < y)
    case .lessEqual: .bool(x <= y)
    case .greater: .bool(x > y)
    case .greaterEqual: .bool(x >= y)
    // Their definitions are the library's.
    case .remainder, .power, .matmul, .concatenate, .then: nil
    }
  }

  private static func finite(_ value: Double) -> Constant? { value.isFinite ? .number(value) : nil }
}
