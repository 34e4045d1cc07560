// What ops say when they refuse operands, and what is certain about symbolic sizes.
import AdamIR
import Testing

@Suite struct ShapeErrorTests {
  private func type(_ text: String) throws -> TensorType {
    let function = try TensorFunction.parse("func @f(%0: \(text) input \"x\") { return }")
    return function.values[0].type
  }

  private func infer(
    _ op: OpDefinition, _ operands: [String], _ attributes: Attributes = Attributes()
  ) throws -> String {
    try op.inferTypes(try operands.map(type), attributes).map(\.text).joined(separator: " ")
  }

  private func message(
    _ op: OpDefinition, _ operands: [String], _ attributes: Attributes = Attributes()
  ) -> String {
    do { return "accepted: " + (try infer(op, operands, attributes)) } catch let error as ShapeError {
      return error.message
    } catch { return "\(error)" }
  }

  @Test func fixedShapesBroadcastAsInTorch() throws {
    #expect(try infer(.add, ["f32[4, 1, 3]", "f32[2, 1]"]) == "f32[4, 2, 3]")
    #expect(try infer(.mul, ["f32[]", "f32[2]"]) == "f32[2]")
    #expect(message(.add, ["f32[32]", "f32[31]"]) == "cannot add [31] to [32]: 32 is not 31")
    #expect(message(.sub, ["f32[2, 3]", "f32[2]"]) == "cannot subtract [2] from [2, 3]: 3 is not 2")
  }

  @Test func batchAxesMustLineUp() throws {
    #expect(
      message(.sub, ["f32[batch, 1]", "f32[batch]"])
        == "cannot subtract [batch] from [batch, 1]: their batch axes do not line up")
    #expect(try infer(.add, ["f32[1, 5, 7]", "f32[batch, 5, 7]"]) == "f32[batch, 5, 7]")
    #expect(try infer(.add, ["f32[batch, 1]", "f32[1]"]) == "f32[batch, 1]")
    #expect(try infer(.mseLoss, ["f32[batch, 1]", "f32[batch, 1]"]) == "f32[]")
  }

  @Test func whatIsUnknownIsNeverRefused() throws {
    #expect(try infer(.add, ["f32[?, 3]", "f32[2, 3]"]) == "f32[2, 3]")
    #expect(try infer(.linear, ["f32[batch, ?]", "f32[16, 2]"]) == "f32[batch, 16]")
    #expect(try infer(.reshape, ["f32[batch, 2, 3]"], ["shape": .ints([-1, 6])]) == "f32[batch, 6]")
    #expect(try infer(.concat, ["f32[batch, ?]", "f32[?, 2]"], ["axis": .int(1)]) == "f32[batch, ?]")
    #expect(try infer(.slice, ["f32[batch, 2]"],
      ["axis": .int(0), "start": .int(1), "end": .int(4), "step": .int(2)]) == "f32[2, 2]")
  }

  @Test func lossesNeverStretch() {
    #expect(
      message(.mseLoss, ["f32[8, 1]", "f32[8]"])
        == "`mse_loss` needs two equal shapes, and these are [8, 1] and [8]")
    #expect(
      message(.nllLoss, ["f32[8, 3]", "i32[7]"])
        == "`nll_loss` needs one label per row: 8 rows, 7 labels")
  }

  @Test func layersNameBothSizes() {
    #expect(
      message(.linear, ["f32[batch, 8]", "f32[1, 16]"])
        == "`linear` takes 16 inputs, and [batch, 8] has 8")
    #expect(
      message(.matmul, ["f32[2, 3]", "f32[4, 5]"],
        ["transpose_a": .bool(false), "transpose_b": .bool(false)])
        == "cannot multiply [2, 3] by [4, 5]: 3 is not 4")
  }

  @Test func axesAndSizesAreChecked() throws {
    #expect(
      message(.softmax, ["f32[2, 3]"], ["axis": .int(5)])
        == "`softmax` has no axis 5: [2, 3] has the axes 0 to 1")
    #expect(
      message(.reshape, ["f32[2, 3]"], ["shape": .ints([4, -1])])
        == "cannot reshape [2, 3] to [4, _]: 6 elements are not 4")
    #expect(
      message(.max, ["f32[0, 3]"], ["axes": .ints([0]), "keepdims": .bool(false)])
        == "`max` of nothing: axis 0 of [0, 3] is empty")
    #expect(try Shape(sizes: [2, 3]).axis(-1, of: "sum") == 1)
    #expect(throws: ShapeError.self) { try Shape(sizes: [2, 3]).axis(-3, of: "sum") }
  }

  @Test func elementTypesAreChecked() {
    #expect(message(.tanh, ["i32[3]"]) == "`tanh` needs real numbers, and this is i32[3]")
    #expect(message(.logicalAnd, ["bool[3]", "f32[3]"])
      == "`logical_and` needs truth values, and this is f32[3]")
    #expect(message(.eq, ["f32[3]", "i32[3]"]) == "cannot compare f32[3] with i32[3]")
  }

  @Test func hugeSizesDoNotTrap() {
    let huge = "f32[4000000000, 4000000000]"
    #expect(message(.reshape, [huge], ["shape": .ints([-1])]).hasPrefix("accepted"))
    #expect(
      message(.concat, ["f32[9000000000000000000]", "f32[9000000000000000000]"], ["axis": .int(0)])
        .hasPrefix("cannot join"))
  }
}
