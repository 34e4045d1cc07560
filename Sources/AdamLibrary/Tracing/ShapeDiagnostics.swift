// E0301–E0304: two places disagree about a shape. Both are shown, neither is blamed, and each
// possible repair is a help of its own.
import AdamIR
import AdamSource

extension DiagnosticCode {
  package static let layersDisagree = DiagnosticCode("E0301")
  package static let inputDisagrees = DiagnosticCode("E0302")
  package static let targetDisagrees = DiagnosticCode("E0303")
}

extension Diagnostic {
  /// `layer 3 takes 8 inputs but layer 2 produces 16`: the primary place is the layer that takes;
  /// labels show the layer that made the shape and those that kept it.
  static func layersDisagree(
    place: String, layer: Layer, takes: Shape, trail: [TrailStep], found: TensorType
  ) -> Diagnostic {
    let expected = takes.dimensions.last?.text ?? "?"
    let produced = found.shape.dimensions.last?.text ?? "?"
    let before = trail.last?.place ?? "1"
    let maker = trail.lastIndex { !$0.keeps } ?? trail.startIndex
    var diagnostic = Diagnostic(
      .layersDisagree,
      "layer \(place) takes \(counted(expected, "input")) but layer \(before) produces \(produced)",
      at: layer.span, label: "takes \(takes.text)")
    for step in trail[maker...] {
      let verb = step.keeps ? "keeps" : "makes"
      diagnostic.labels.append(Label(step.layer.span, "\(verb) \(step.output.shape.text)"))
    }
    diagnostic.helps = repairs(
      taker: layer, maker: trail[maker], expected: takes.dimensions.last?.size,
      found: found.shape.dimensions.last?.size)
    diagnostic.arguments = [
      .init("expected", expected), .init("found", produced), .init("layer", place),
    ]
    return diagnostic
  }

  private static func repairs(
    taker: Layer, maker: TrailStep, expected: Int?, found: Int?
  ) -> [Help] {
    guard let expected, let found else { return [] }
    var helps: [Help] = []
    if taker.settings.int("in") != nil {
      helps.append(
        Help(
          "write `\(taker.text(changing: ["in": found]))` here", edits: taker.edits(["in": found])))
    }
    if maker.layer.settings.int("out") != nil {
      let text = maker.layer.text(changing: ["out": expected])
      helps.append(
        Help("or write `\(text)` in layer \(maker.place)", edits: maker.layer.edits(["out": expected])))
    }
    return helps
  }

  /// The input does not come from a layer: whoever knows where it comes from says so.
  static func inputDisagrees(layer: Layer, takes: Shape, found: TensorType) -> Diagnostic {
    let expected = takes.dimensions.last?.text ?? "?"
    var diagnostic = Diagnostic(
      .inputDisagrees,
      "the input is \(found.shape.text) but the first layer takes \(counted(expected, "input"))",
      at: layer.span, label: "takes \(takes.text)")
    diagnostic.arguments = [
      .init("expected", expected), .init("found", found.shape.dimensions.last?.text ?? "none"),
    ]
    return diagnostic
  }

  static func refused(by layer: Layer, _ error: ShapeError) -> Diagnostic {
    var diagnostic = Diagnostic(.shapesDisagree, error.message, at: layer.span)
    if !error.hint.isEmpty { diagnostic.helps = [Help(error.hint)] }
    return diagnostic
  }

  static func cannotFlatten(_ shape: Shape, at layer: Layer) -> Diagnostic {
    Diagnostic(
      .shapesDisagree, "cannot flatten \(shape.text): its sizes are not known", at: layer.span)
  }
}

/// `1 input`, `8 inputs`.
func counted(_ count: String, _ noun: String) -> String {
  count == "1" ? "1 \(noun)" : "\(count) \(noun)s"
}

func counted(_ count: Int, _ noun: String) -> String { counted(String(count), noun) }

extension Layer {
  /// Edits that change settings where they were written; none when one was not written.
  func edits(_ changes: [String: Int]) -> [Edit] {
    let places = changes.map { (settings.span(of: $0.key), $0.value) }
    guard places.allSatisfy({ $0.0 != nil }) else { return [] }
    return places.compactMap { span, value in span.map { Edit($0, String(value)) } }
  }
}
