// Registers of an elementwise program: inputs, outputs, then as few temporaries as will do.
import AdamKernelABI

struct RegisterAllocation {
  private let program: ElementwiseProgram
  private var steps: [MicroOp] = []
  /// Register of each node once it is computed.
  private var registers: [Int?]
  /// Uses of each node that are still to come.
  private var pending: [Int]
  private var free: [Int] = []
  private var next: Int

  static func microOps(of program: ElementwiseProgram) throws(RuntimeError) -> [MicroOp] {
    var allocation = RegisterAllocation(program)
    for index in program.nodes.indices { allocation.compute(index) }
    for (index, output) in program.outputs.enumerated() { allocation.finish(output, index) }
    guard allocation.next <= MicroOp.registerLimit else {
      throw .plan("an elementwise program of \(allocation.next) registers")
    }
    return allocation.steps
  }

  private init(_ program: ElementwiseProgram) {
    self.program = program
    registers = program.nodes.map { _ in nil }
    pending = program.nodes.map { _ in 0 }
    next = program.inputs.count + program.outputs.count
    for source in program.nodes.flatMap(\.sources) + program.outputs {
      if case .node(let index) = source { pending[index] += 1 }
    }
  }

  private func outputRegister(_ index: Int) -> Int { program.inputs.count + index }

  private mutating func compute(_ index: Int) {
    let node = program.nodes[index]
    if pending[index] == 0 { return }
    let form = node.form.folded(node.sources)
    var operands: [Int] = []
    var loaded: [Int] = []
    for source in form.sources {
      let register = register(of: source)
      operands.append(register)
      if case .constant = source { loaded.append(register) }
    }
    for source in form.sources { release(source) }
    free += loaded
    // An output is computed where it is wanted; it stays readable there.
    let home = program.outputs.firstIndex(of: .node(index)).map(outputRegister)
    let target = home ?? temporary()
    registers[index] = target
    steps.append(
      MicroOp(
        form.code, dst: target, a: operands.first ?? 0, b: operands.count > 1 ? operands[1] : 0,
        c: operands.count > 2 ? operands[2] : 0, immediate: form.immediate))
  }

  /// An output that no node computes into its register: a copy of an input, a constant or another
  /// output.
  private mutating func finish(_ output: ElementwiseProgram.Source, _ index: Int) {
    let target = outputRegister(index)
    switch output {
    case .constant(let bits):
      steps.append(MicroOp(.constant, dst: target, immediate: Float(bitPattern: bits)))
    case .input(let input):
      steps.append(MicroOp(.copy, dst: target, a: input))
    case .node(let node):
      guard let register = registers[node], register != target else { return }
      steps.append(MicroOp(.copy, dst: target, a: register))
    }
  }

  private mutating func register(of source: ElementwiseProgram.Source) -> Int {
    switch source {
    case .input(let index): return index
    case .node(let index): return registers[index] ?? 0
    case .constant(let bits):
      let target = temporary()
      steps.append(MicroOp(.constant, dst: target, immediate: Float(bitPattern: bits)))
      return target
    }
  }

  /// A temporary whose value nobody needs any more is free again.
  private mutating func release(_ source: ElementwiseProgram.Source) {
    guard case .node(let index) = source, let register = registers[index] else { return }
    pending[index] -= 1
    let isTemporary = register >= program.inputs.count + program.outputs.count
    if pending[index] == 0, isTemporary { free.append(register) }
  }

  private mutating func temporary() -> Int {
    if let register = free.popLast() { return register }
    next += 1
    return next - 1
  }
}

extension ElementwiseForm {
  /// A constant operand as the immediate of a code of its own, where there is one with equal bits.
  fileprivate func folded(
    _ sources: [ElementwiseProgram.Source]
  ) -> (code: ElementwiseCode, immediate: Float, sources: [ElementwiseProgram.Source]) {
    if sources.count == 2, case .constant(let bits) = sources[1], let code = code.withScalarRight {
      return (code, Float(bitPattern: bits), [sources[0]])
    }
    if sources.count == 2, case .constant(let bits) = sources[0], let code = code.withScalarLeft {
      return (code, Float(bitPattern: bits), [sources[1]])
    }
    return (code, immediate, sources)
  }
}

extension ElementwiseCode {
  fileprivate var withScalarRight: ElementwiseCode? {
    switch self {
    case .add: .addScalar
    case .sub: .subScalar
    case .mul: .mulScalar
    case .div: .divScalar
    default: nil
    }
  }

  fileprivate var withScalarLeft: ElementwiseCode? {
    switch self {
    case .add: .addScalar
    case .sub: .scalarSub
    case .mul: .mulScalar
    case .div: .scalarDiv
    default: nil
    }
  }
}
