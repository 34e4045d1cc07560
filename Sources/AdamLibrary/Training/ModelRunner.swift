// Evaluating models: forward passes in evaluation mode, in blocks of rows where no output depends on
// another row, so that the blocks do not show in the bits.
import AdamIR
import AdamRuntime
import AdamSource

extension Layer {
  /// Rows of one forward plan; bounds the memory of activations.
  private static let blockRows = 1024

  /// The model's outputs for inputs as the network sees them.
  package func outputs(
    for inputs: Tensor, _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> Tensor {
    try tensor(try applied(to: inputs, session, at: span), at: span)
  }

  /// The model's output, a record or tuple where its last function gives one.
  func applied(to inputs: Tensor, _ session: SessionState, at span: Span) throws(Diagnostic) -> Value {
    guard let rows = inputs.sizes.first, inputs.sizes.count > 1, rows > Self.blockRows,
      isRowByRow(inputs.type, rows, session)
    else {
      return try forward(inputs, session, at: span)
    }
    var parts: [Tensor] = []
    for start in stride(from: 0, to: rows, by: Self.blockRows) {
      let block = try inputs.rows(start..<min(start + Self.blockRows, rows), at: span)
      parts.append(try tensor(try forward(block, session, at: span), at: span))
    }
    return .tensor(try Tensor.joined(parts, at: span))
  }

  private func tensor(_ output: Value, at span: Span) throws(Diagnostic) -> Tensor {
    guard case .tensor(let tensor) = output else {
      throw .givesStructure("the prediction", output.foundText, self, at: span)
    }
    return tensor
  }

  /// Whether it does the same to blocks of rows as to all of them, row by row.
  private func isRowByRow(_ all: TensorType, _ rows: Int, _ session: SessionState) -> Bool {
    let isApart = session.looking { () throws(Diagnostic) in
      let block = try trace(all, rows: Self.blockRows, session)
      guard block.keepsRowsApart else { return false }
      // Only a function of the script can ask how many rows there are.
      if !block.usesScript { return true }
      for rows in Set([rows, rows % Self.blockRows]) where rows > 0 {
        if !(try trace(all, rows: rows, session)).doesTheSame(as: block) { return false }
      }
      return true
    }
    return isApart ?? false
  }

  private func trace(_ type: TensorType, rows: Int, _ session: SessionState) throws(Diagnostic) -> ModelTrace {
    try forwardTrace(
      on: TensorType(type.element, type.shape.with(Dimension(rows))), caller: session.functionTracer)
  }

  private func forward(
    _ inputs: Tensor, isTraining: Bool = false, _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> Value {
    let trace = try forwardTrace(
      on: inputs.type, isTraining: isTraining, called: span, caller: session.functionTracer)
    for choice in trace.function.rowChoices where choice.name == "x" { try choice.check(inputs, at: span) }
    let plan = try session.plan(for: trace.function, at: span)
    var results: [Tensor] = []
    do throws(RuntimeError) {
      for named in trace.parameters {
        if let tensor = named.parameter.tensor { try plan.bind(named.name, to: tensor) }
      }
      for (name, tensor) in trace.captures { try plan.bind(name, to: tensor) }
      try plan.bind("x", to: inputs)
      plan.run()
      for index in trace.function.results.indices { results.append(try plan.result(index)) }
    } catch {
      throw .runtime(error, at: span)
    }
    guard let structure = trace.structure else { return results.first.map { .tensor($0) } ?? .none }
    var rest = results[...]
    return try structure.replacingTensors { part throws(Diagnostic) in
      guard case .traced = part, let result = rest.popFirst() else { return part }
      return .tensor(result)
    }
  }

  /// `model(x)`: the bare network in the session's mode. A number in gives a number out.
  package func applied(
    to value: Value, _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> Value {
    if let tracer = session.tracer { return try traced(on: value, tracer, session, at: span) }
    let input = try value.tensor(at: span).real(at: span)
    let output =
      session.modelsTrain
      ? try forward(input, isTraining: true, session, at: span)
      : try applied(to: input, session, at: span)
    return try output.replacingTensors { part throws(Diagnostic) in
      guard case .tensor(let output) = part else { return part }
      if case .number = value, let number = output.scalarNumber { return .number(number) }
      if input.batchAxis == 0, output.sizes.first == input.sizes.first { output.batchAxis = 0 }
      return part
    }
  }
}

extension SessionState {
  /// Models are called in training mode within `body`, or in evaluation mode; as around it when it is not said.
  package func inMode<Result>(
    training: Bool?, _ body: () throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    let outer = (modelsTrain, tracer?.isTraining ?? false)
    let tracer = tracer
    if let training {
      modelsTrain = training
      tracer?.isTraining = training
    }
    defer {
      modelsTrain = outer.0
      tracer?.isTraining = outer.1
    }
    return try body()
  }
}

extension Value {
  /// A value of several parts that is no tensor: a layer of the script may take it as it is.
  package var isStructure: Bool {
    switch self {
    case .record: true
    case .tuple: fit(.tensorLike) != .yes
    default: false
    }
  }
}

extension Layer {
  /// Inside a function that is being traced every model becomes part of it, whatever it is fed.
  private func traced(
    on value: Value, _ tracer: ModelTracer, _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> Value {
    let operand = try TensorArithmetic(session).real(value, at: span)
    let input = try tracer.value(of: operand, at: span)
    do throws(Diagnostic) {
      return tracer.unbundled(try tracer.apply(self, to: input, called: span))
    } catch {
      throw error.code == .inputDisagrees ? error.called(with: operand.type, at: span) : error
    }
  }
}

extension Tensor {
  /// Consecutive rows as a tensor of their own.
  func rows(_ range: Range<Int>, at span: Span) throws(Diagnostic) -> Tensor {
    try gathered(Array(range), at: span)
  }

  /// The given rows in that order; places outside are skipped by the caller's promise.
  func gathered(_ rows: [Int], at span: Span) throws(Diagnostic) -> Tensor {
    let count = sizes.first ?? 0
    let stride = count > 0 ? elementCount / count * 4 : 0
    do throws(AllocationError) {
      let result = try Tensor(element, [rows.count] + sizes.dropFirst())
      for (place, row) in rows.enumerated() where row >= 0 && row < count {
        (result.pointer + place * stride).copyMemory(from: pointer + row * stride, byteCount: stride)
      }
      return result
    } catch {
      throw .outOfMemory(error, at: span)
    }
  }

  /// Blocks of rows one after the other.
  static func joined(_ parts: [Tensor], at span: Span) throws(Diagnostic) -> Tensor {
    let rows = parts.reduce(0) { $0 + ($1.sizes.first ?? 0) }
    let rest = parts.first.map { Array($0.sizes.dropFirst()) } ?? []
    do throws(AllocationError) {
      let result = try Tensor(parts.first?.element ?? .f32, [rows] + rest)
      var place = result.pointer
      for part in parts {
        place.copyMemory(from: part.pointer, byteCount: part.elementCount * 4)
        place += part.elementCount * 4
      }
      return result
    } catch {
      throw .outOfMemory(error, at: span)
    }
  }
}

extension Diagnostic {
  /// Only layers written in the script take anything else than a tensor.
  package static func layerTakesTensor(_ layer: Layer, _ found: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .wrongKind, "the layer `\(layer.definition.name)` takes a tensor, found \(found)", at: span)
    diagnostic.labels = [Label(layer.span, "the layer")]
    diagnostic.helps = [Help("a `layer` of the script may take it apart: `fn(x) …`")]
    return diagnostic
  }
}
