// A product with the elementwise steps on its result: its kernel runs them, or a loop behind it where
// the kernel of the case at hand cannot.
import AdamIR
import AdamKernelABI

@Sendable func emitFusedEpilogue(_ e: inout Emission) throws(RuntimeError) {
  let whole = e.operation
  guard let source = whole.source, let emitter = EmitterTable.byName[source.op.name]
  else { throw .plan("a fused operation without its product") }
  e.epilogue = try e.fusedProgram(hasSource: true)
  e.operation = source
  try emitter.emit(&e)
  e.operation = whole
  // What no kernel took is computed in place.
  if let program = e.epilogue.take(), !program.nodes.isEmpty { try emitElementwise(&e, program) }
}

extension Operation {
  /// What the steps of a fused epilogue stand behind, as an operation with the same results; nil of others.
  var source: Operation? {
    guard op == .fusedEpilogue, let first = attributes.body("body")?.steps.first else { return nil }
    return Operation(first.op, operands(of: first), first.attributes, results, span)
  }

  /// What the steps behind the source read, the source's own operands among them.
  var operandsOfSteps: [ValueID] {
    guard op == .fusedEpilogue, let body = attributes.body("body") else { return [] }
    return body.steps.dropFirst().flatMap(operands)
  }

  private func operands(of step: FusedBody.Step) -> [ValueID] {
    step.arguments.compactMap(\.operand).map { operands[$0] }
  }
}

extension Emission {
  /// The steps behind the operation at hand for the slot of a kernel that runs them; nil: there are none.
  mutating func takeEpilogue() throws(RuntimeError) -> (place: Place, cost: Double)? {
    guard let program = epilogue, resultCount() > 0 else { return nil }
    epilogue = nil
    guard !program.nodes.isEmpty else { return nil }
    let call = try elementwiseCall(&self, program)
    return (tables.store(call), call.cost)
  }

  /// The row that the first step adds to the whole result: a product adds it by itself. The sum is
  /// rounded separately in both.
  mutating func takeBias(columns: Int) -> Place? {
    guard let program = epilogue, let first = program.nodes.first, first.form.code == .add else { return nil }
    let isRead = program.nodes.dropFirst().contains { $0.sources.contains(.input(0)) }
    let other = first.sources.filter { $0 != .input(0) }
    guard !isRead, other.count == 1, case .input(let index) = other[0],
      type(program.inputs[index]).shape.sizes == [columns]
    else { return nil }
    epilogue = program.droppingFirst()
    return place(of: program.inputs[index])
  }
}

extension ElementwiseProgram {
  /// Without the first node, whose value is now the first input.
  fileprivate func droppingFirst() -> ElementwiseProgram {
    func moved(_ source: Source) -> Source {
      if case .node(let index) = source { index == 0 ? .input(0) : .node(index - 1) } else { source }
    }
    var program = self
    program.nodes = nodes.dropFirst().map { Node(form: $0.form, sources: $0.sources.map(moved)) }
    program.outputs = outputs.map(moved)
    return program
  }
}
