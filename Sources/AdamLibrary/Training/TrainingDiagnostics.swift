// What `train` says when a training cannot go on, or will not do what its schedule plans.
import AdamSource

extension DiagnosticCode {
  package static let nonFiniteLoss = DiagnosticCode("E0401")
  package static let scheduleTooLong = DiagnosticCode("W0404", name: "schedule-too-long")
}

extension Diagnostic {
  /// E0401. The update of the bad step was not made.
  static func nonFiniteLoss(
    _ loss: Float, step: Int, epoch: Int, epochs: Int, place: String?, trend: String?,
    rate: Double, _ request: TrainingRequest
  ) -> Diagnostic {
    let word = loss.isNaN ? "NaN" : loss > 0 ? "infinite" : "minus infinity"
    var diagnostic = Diagnostic(
      .nonFiniteLoss, "the loss became \(word) at step \(step) (epoch \(epoch) of \(epochs))",
      at: request.span, label: "stopped here")
    if request.optimizer.span != request.span {
      diagnostic.labels = [Label(request.optimizer.span, "learning rate \(messageText(rate))")]
    }
    let state =
      step > 1 ? "the model holds the weights of step \(step - 1); nothing later was kept" : "no step was made"
    diagnostic.notes = [place.map { "where: \($0)" }, trend, "state: \(state)"].compactMap(\.self)
    if rate > 1e-3, step > 1 { diagnostic.helps = [Help("try `lr=1e-3`")] }
    diagnostic.arguments = [
      .init("step", String(step)), .init("epoch", String(epoch)), .init("loss", messageText(Double(loss))),
    ]
    return diagnostic
  }

  /// W0404. The last part of a schedule is never reached.
  static func scheduleTooLong(_ leading: Int, _ total: Int, _ span: Span) -> Diagnostic {
    Diagnostic(
      .scheduleTooLong,
      "the parts before the last take \(counted(leading, "step")) and this training has \(total): "
        + "the last part never begins",
      at: span, severity: .warning)
  }

  static func noRows(_ verb: String, at span: Span) -> Diagnostic {
    Diagnostic(.noRows, "the data has no rows to \(verb)", at: span)
  }
}
