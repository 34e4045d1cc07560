// Initial values against those recorded from torch.
import AdamData
import AdamTestSupport
import Testing

@Suite struct InitialValuesTests {
  /// Fills one parameter after another from one generator.
  private struct Module {
    var generator: Generator
    var parameters: [(String, [Float])] = []

    mutating func add(_ name: String, _ shape: [Int], _ values: InitialValues) {
      parameters.append((name, values.values(shape: shape, generator: &generator)))
    }

    mutating func addWeightAndBias(_ shape: [Int], bias: Int?, prefix: String = "") {
      add(prefix + "weight", shape, .defaultWeight)
      if let bias { add(prefix + "bias", [bias], .defaultBias(weightShape: shape)) }
    }

    mutating func addRecurrent(_ item: Fixture, gates: Int) {
      let arguments = item["args"]
      let width = arguments["input_size"].int ?? 0
      let hidden = arguments["hidden_size"].int ?? 0
      let directions = arguments["bidirectional"].bool == true ? ["", "_reverse"] : [""]
      for layer in 0..<(arguments["num_layers"].int ?? 1) {
        for direction in directions {
          let suffix = "_l\(layer)\(direction)"
          let inputs = layer == 0 ? width : hidden * directions.count
          let values = InitialValues.recurrent(hidden: hidden)
          add("weight_ih" + suffix, [gates * hidden, inputs], values)
          add("weight_hh" + suffix, [gates * hidden, hidden], values)
          add("bias_ih" + suffix, [gates * hidden], values)
          add("bias_hh" + suffix, [gates * hidden], values)
        }
      }
    }

    mutating func addAttention(_ width: Int) {
      add("out_proj.weight", [width, width], .defaultWeight)
      add("discarded", [width], .defaultBias(weightShape: [width, width]))
      parameters.removeLast()
      add("in_proj_weight", [3 * width, width], .xavierUniform(gain: 1))
      add("in_proj_bias", [3 * width], .constant(0))
      add("out_proj.bias", [width], .constant(0))
    }
  }

  private func kernel(_ value: Fixture, rank: Int) -> [Int] {
    value.int.map { [Int](repeating: $0, count: rank) } ?? value.ints
  }

  private func build(_ item: Fixture) throws -> Module {
    var module = Module(generator: Generator(seed: UInt64(try #require(item["seed"].int))))
    let arguments = item["args"]
    let shapes = item["params"].array.map { $0[1].shape }
    switch item["name"].string ?? "" {
    case "Linear":
      let sizes = (try #require(arguments["out_features"].int), arguments["in_features"].int ?? 0)
      let hasBias = arguments["bias"].bool ?? true
      module.addWeightAndBias([sizes.0, sizes.1], bias: hasBias ? sizes.0 : nil)
    case "Conv1d", "Conv2d":
      let out = try #require(arguments["out_channels"].int)
      let inputs = (arguments["in_channels"].int ?? 0) / (arguments["groups"].int ?? 1)
      let rank = item["name"].string == "Conv1d" ? 1 : 2
      module.addWeightAndBias(
        [out, inputs] + kernel(arguments["kernel_size"], rank: rank), bias: out)
    case "ConvTranspose2d":
      let out = try #require(arguments["out_channels"].int)
      let inputs = arguments["in_channels"].int ?? 0
      module.addWeightAndBias(
        [inputs, out] + kernel(arguments["kernel_size"], rank: 2), bias: out)
    case "Embedding":
      let width = try #require(arguments["embedding_dim"].int)
      module.add("weight", [arguments["num_embeddings"].int ?? 0, width], .embedding)
      if let row = arguments["padding_idx"].int {
        for column in 0..<width { module.parameters[0].1[row * width + column] = 0 }
      }
    case "RNN": module.addRecurrent(item, gates: 1)
    case "GRU": module.addRecurrent(item, gates: 3)
    case "LSTM": module.addRecurrent(item, gates: 4)
    case "MultiheadAttention": module.addAttention(arguments["embed_dim"].int ?? 0)
    case "LayerNorm", "GroupNorm", "BatchNorm2d":
      module.add("weight", shapes[0], .normWeight)
      module.add("bias", shapes[1], .normBias)
    case "PReLU": module.add("weight", [1], .constant(0.25))
    case "Bilinear":
      let bound = 1 / Double(arguments["in1_features"].int ?? 1).squareRoot()
      module.add("weight", shapes[0], .uniform(low: -bound, high: bound))
      module.add("bias", shapes[1], .uniform(low: -bound, high: bound))
    case "Sequential":
      for (index, sizes) in arguments["layers"].array.map(\.ints).enumerated() {
        module.addWeightAndBias([sizes[1], sizes[0]], bias: sizes[1], prefix: "\(2 * index).")
      }
    case let name: module.add("weight", shapes[0], try filler(name, arguments))
    }
    return module
  }

  private func filler(_ name: String, _ arguments: Fixture) throws -> InitialValues {
    let a = arguments["a"].double ?? 0
    let b = arguments["b"].double ?? 1
    let mean = arguments["mean"].double ?? 0
    let std = arguments["std"].double ?? 1
    let gain = arguments["gain"].double ?? 1
    let fan = InitialValues.Fan(rawValue: arguments["mode"].string ?? "") ?? .input
    let kaiming =
      arguments["nonlinearity"].string == "relu"
      ? InitialValues.Gain.relu : InitialValues.Gain.leakyReLU(slope: a)
    switch name {
    case "xavier_uniform_": return .xavierUniform(gain: gain)
    case "xavier_normal_": return .xavierNormal(gain: gain)
    case "kaiming_uniform_": return .kaimingUniform(gain: kaiming, fan: fan)
    case "kaiming_normal_": return .kaimingNormal(gain: kaiming, fan: fan)
    case "trunc_normal_": return .truncatedNormal(mean: mean, std: std, low: a, high: b)
    case "uniform_": return .uniform(low: a, high: b)
    case "normal_": return .normal(mean: mean, std: std)
    case "orthogonal_": return .orthogonal(gain: gain)
    case "eye_": return .eye
    case "zeros_": return .constant(0)
    case "ones_": return .constant(1)
    case "constant_": return .constant(Float(arguments["val"].double ?? .nan))
    default: throw UnknownCase(name: name)
    }
  }

  private struct UnknownCase: Error { var name: String }

  @Test func everyRecordedModuleStartsAsInTorch() throws {
    for item in try Fixture.cases("init.json") {
      var module = try build(item)
      let place = "\(item["name"]) \(item["args"]) seed \(item["seed"])"
      let isExact = item["name"].string != "orthogonal_"
      #expect(module.parameters.count == item["params"].array.count, "\(place)")
      for wanted in item["params"].array {
        let name = try #require(wanted[0].string)
        let found = try #require(module.parameters.first { $0.0 == name }, "\(place) \(name)").1
        if let hash = wanted[1].sha256 {
          let isEqual = SHA256.hex(floats: found) == hash
          #expect(isEqual, "\(place) \(name)")
        } else if isExact {
          let isEqual = found == wanted[1].floats
          #expect(isEqual, "\(place) \(name)")
        } else {
          let difference = zip(found, wanted[1].floats).map { abs($0 - $1) }.max() ?? 1
          #expect(difference <= 2e-6, "\(place) \(name)")
        }
      }
      if item["then_rand"].isNull { continue }
      let after = filled(1) { module.generator.fillUniform($0) }
      #expect(bits(after) == item["then_rand"].floatBits, "\(place) then_rand")
    }
  }

  @Test func impossibleLimitsEnd() {
    var generator = Generator(seed: 0)
    let crossed = InitialValues.truncatedNormal(mean: 0, std: 1, low: 2, high: 1)
    #expect(crossed.values(shape: [3], generator: &generator) == [2, 2, 2])
    let flat = InitialValues.truncatedNormal(mean: 5, std: 0, low: -1, high: 1)
    #expect(flat.values(shape: [2], generator: &generator) == [1, 1])
    let far = InitialValues.truncatedNormal(mean: 0, std: 1, low: 30, high: 31)
    #expect(far.values(shape: [9], generator: &generator).allSatisfy { $0 >= 30 && $0 < 31 })
  }
}
