// `data=fn() (x, y)`: a function of the script that makes the rows of every step.
import AdamRuntime
import AdamSource

struct StepSource {
  private let function: Value
  private let context: any ExecutionContext
  private let span: Span

  /// nil when the data are no function.
  init?(_ value: Value, _ context: any ExecutionContext, at span: Span) {
    guard case .function = value else { return nil }
    (function, self.context, self.span) = (value, context, span)
  }

  /// The rows of the next step.
  func next() throws(Diagnostic) -> DataSet {
    let data = try context.call(function, [], at: span).dataSet(at: span)
    guard data.parts.isEmpty, data.description.batchSize == nil else {
      throw Diagnostic(.wrongKind, "a function as `data` gives the rows of one step, as (x, y)", at: span)
    }
    return data
  }

  /// The rows of the first step in memory of their own, which the later ones are written into.
  func first() throws(Diagnostic) -> DataSet {
    let data = try next().copy()
    do throws(AllocationError) {
      data.inputs = try data.inputs.copy()
      if let targets = data.targets { data.targets = try targets.copy() }
    } catch {
      throw .outOfMemory(error, at: span)
    }
    return data
  }

  /// Rows of another shape have no place in the plan.
  func changed(_ from: Tensor, _ to: Tensor?) -> Diagnostic {
    Diagnostic(
      .shapesDisagree,
      "the first step had rows \(from.type.shape.text), and this one has \(to?.type.shape.text ?? "none")", at: span)
  }
}
