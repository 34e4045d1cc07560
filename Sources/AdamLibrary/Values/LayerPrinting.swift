// Layers as text: a single layer on one line, a model as a table with its parameters.
import AdamIR

extension Layer {
  /// All weights below this layer, each counted once.
  package var weightCount: Int {
    var seen: Set<ObjectIdentifier> = []
    var total = 0
    var pending = [self]
    while let layer = pending.popLast() {
      for parameter in layer.parameters where seen.insert(ObjectIdentifier(parameter)).inserted {
        total += parameter.shape.elementCount ?? 0
      }
      pending.append(contentsOf: layer.children.map(\.layer))
    }
    return total
  }

  /// `linear(2, 16)`: what it was built with.
  var callText: String {
    var parts: [String] = []
    for (name, entry) in zip(settings.names, settings.entries) where entry.isGiven {
      guard case .known(let value)? = entry.value else { continue }
      if case .layer = value { continue }
      parts.append(parts.count < 2 && isSize(value) ? value.printed : "\(name)=\(value.printed)")
    }
    return parts.isEmpty ? definition.name : "\(definition.name)(\(parts.joined(separator: ", ")))"
  }

  private func isSize(_ value: Value) -> Bool { value.exactNumber?.isWholeNumber ?? false }

  /// One line for a layer without children, else the table.
  package var shownText: String {
    if children.isEmpty { return callText }
    let rows = children.map { child in
      [child.name, child.layer.children.isEmpty ? child.layer.callText : child.layer.definition.name,
       child.layer.outputText, String(child.layer.weightCount)]
    }
    let table = [["", "layer", "output", "parameters"]] + rows
    let widths = (0..<4).map { column in table.map { $0[column].count }.max() ?? 0 }
    let lines = table.map { row -> String in
      let cells = zip(row, widths).enumerated().map { column, cell -> String in
        let gap = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 3 ? gap + cell.0 : cell.0 + gap
      }
      return cells.joined(separator: "  ")
    }
    return (lines + ["total \(weightCount) parameters"]).joined(separator: "\n")
  }

  /// What a linear layer makes; other layers keep the shape or depend on what they are fed.
  private var outputText: String {
    guard let weight = parameters.first(where: { $0.name == "weight" }),
      let outputs = weight.shape.dimensions.first
    else { return "" }
    return "[batch, \(outputs.text)]"
  }
}
