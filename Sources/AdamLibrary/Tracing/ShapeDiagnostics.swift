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
    let clash = takes.clash(with: found.shape)
    let (expected, produced) = (clash.wanted.text, clash.found.text)
    let before = trail.last?.place ?? "1"
    let maker = trail.lastIndex { !$0.keeps } ?? trail.startIndex
    var diagnostic = Diagnostic(
      .layersDisagree,
      "layer \(place) takes \(counted(expected, clash.noun)) but layer \(before) produces \(produced)",
      at: layer.span, label: "takes \(takes.text)")
    for step in trail[maker...] {
      let verb = step.keeps ? "keeps" : "makes"
      diagnostic.labels.append(Label(step.layer.span, "\(verb) \(step.output.shape.text)"))
    }
    diagnostic.helps = repairs(
      taker: layer, maker: trail[maker], expected: clash.wanted.size, found: clash.found.size)
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

  /// Two branches of one input want it in different shapes.
  static func branchesDisagree(
    _ name: String, _ index: Int, _ branch: Layer, takes: Shape, _ firstIndex: Int, _ first: Layer, _ given: Shape
  ) -> Diagnostic {
    let clash = takes.clash(with: given)
    let (expected, found) = (clash.wanted.text, clash.found.text)
    var diagnostic = Diagnostic(
      .layersDisagree,
      "branch \(index) of `\(name)` takes \(counted(expected, clash.noun)) but branch \(firstIndex) takes \(found)",
      at: branch.span, label: "takes \(takes.text)")
    diagnostic.labels = [Label(first.span, "takes \(given.text)")]
    diagnostic.notes = ["all branches of `\(name)` get the same input"]
    if branch.settings.int("in") != nil, let size = clash.found.size {
      let help = Help("write `\(branch.text(changing: ["in": size]))` here", edits: branch.edits(["in": size]))
      diagnostic.helps = [help]
    }
    diagnostic.arguments = [.init("expected", expected), .init("found", found), .init("branch", String(index))]
    return diagnostic
  }

  /// The input does not come from a layer: whoever knows where it comes from says so.
  static func inputDisagrees(layer: Layer, takes: Shape, found: TensorType) -> Diagnostic {
    let clash = takes.clash(with: found.shape)
    let wanted = takes.rank > found.shape.rank + 1 ? takes.imageText : counted(clash.wanted.text, clash.noun)
    var diagnostic = Diagnostic(
      .inputDisagrees, "the input is \(found.shape.text) but the first layer takes \(wanted)",
      at: layer.span, label: "takes \(takes.text)")
    diagnostic.arguments = [.init("expected", clash.wanted.text), .init("found", clash.found.text)]
    return diagnostic
  }

  static func refused(by layer: Layer, _ error: ShapeError) -> Diagnostic {
    var diagnostic = Diagnostic(.shapesDisagree, error.message, at: layer.span)
    if !error.hint.isEmpty { diagnostic.helps = [Help(error.hint)] }
    return diagnostic
  }
}

extension Shape {
  /// Where `self`, what a layer takes, and another shape differ first (from the last axis), in words.
  fileprivate func clash(with other: Shape) -> (wanted: Dimension, found: Dimension, noun: String) {
    let pairs = zip(dimensions.dropFirst().reversed(), other.dimensions.reversed())
    let place = pairs.enumerated().first { !$0.element.0.mayEqual($0.element.1) }?.offset ?? 0
    let noun = rank == 4 ? ["column", "row", "channel"][min(place, 2)] : "input"
    let fromEnd = { (shape: Shape) in shape.dimensions.dropLast(place).last ?? .unknown }
    return (fromEnd(self), fromEnd(other), noun)
  }

  fileprivate var imageText: String { "images, [n, channels, height, width]" }
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
