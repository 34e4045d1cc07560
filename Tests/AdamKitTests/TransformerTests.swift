// Sequences: embedding and multihead_attention in a model of the script's own, against torch and differences.
import AdamKit
import AdamLibrary
import AdamTestSupport
import Testing

@Suite struct TransformerTests {
  /// One pre-norm block that learns to repeat what it read, as the recorded case describes it.
  private static let model = """
    seed 6
    layer transformer(v, n, d, heads) {
      tok = embedding(v, d)
      pos = embedding(n, d)
      ln1 = layer_norm(d)
      att = multihead_attention(d, heads, causal=true)
      ln2 = layer_norm(d)
      up = linear(d, 4 * d)
      down = linear(4 * d, d)
      ln3 = layer_norm(d)
      head = linear(d, v, bias=false)
      fn(x) {
        h = tok(x) + pos(arange(x.shape[1]))
        h = h + att(ln1(h))
        h = h + down(gelu(up(ln2(h))))
        head(ln3(h))
      }
    }
    model = transformer(8, 9, 16, 2)
    """

  private static let training = """

    fn drawn() {
      half = randint(0, 7, [16, 4])
      whole = concat(half, int(full([16, 1], 7)), half, axis=1)
      (whole[:, ..<-1], whole[:, 1...])
    }
    loss = fn(p, y) cross_entropy(p[:, 4...].reshape(_, 8), int(y[:, 4...]).reshape(_))
    opt = adam(lr=0.005)
    on step { print "{loss:.9g}" }
    train 80 steps, data=drawn
    """

  private func recorded() throws -> Fixture {
    try #require(Fixture.cases("train.json").first { $0["name"].string == "attention_copy" })
  }

  @Test func `initial weights are torch's`() throws {
    let session = Session.recorded(ScriptRecord())
    #expect(session.execute(Array(Self.model.utf8), name: "test.adam") == .completed)
    guard case .layer(let model)? = session.interpreter?.variable("model") else {
      Issue.record("there is no model")
      return
    }
    let saved = try recorded()["initial_params"].array
    #expect(model.namedParameters.map(\.name) == saved.map { $0[0].string })
    for (saved, named) in zip(saved, model.namedParameters) {
      let values = named.parameter.tensor?.floats ?? []
      if let digest = saved[1].sha256 {
        #expect(SHA256.hex(floats: values) == digest, "\(named.name)")
      } else {
        #expect(values.map(\.bitPattern) == saved[1].floatBits, "\(named.name)")
      }
    }
  }

  @Test func `a transformer's losses follow torch`() throws {
    let run = ScriptRun(Self.model + Self.training)
    #expect(run.messages == [])
    let losses = run.output.split(separator: "\n").compactMap { Float($0) }
    let record = try recorded()
    let expected = record["losses"].floats
    #expect(losses.count == expected.count)
    let (rtol, atol) = (record["tol"]["rtol"].double ?? 0, record["tol"]["atol"].double ?? 0)
    for (step, (a, b)) in zip(losses, expected).enumerated() {
      #expect(abs(Double(a) - Double(b)) <= atol + rtol * abs(Double(b)), "step \(step + 1): \(a), not \(b)")
    }
  }

  @Test(
    "derivatives of sequence layers agree with differences",
    arguments: [
      "embedding(4, 6, padding_idx=1), multihead_attention(6, 2)",
      "embedding(4, 4), multihead_attention(4, 1, causal=true, bias=false)",
      "embedding(4, 6), residual(layer_norm(6), multihead_attention(6, 3, causal=true))",
    ])
  func agrees(layers: String) {
    let run = ScriptRun(
      """
      seed 1
      data = ([[1, 2, 0], [3, 3, 1]], [[1], [0]])
      model = seq(\(layers), flatten, linear(_, 1))
      loss = mse
      check grad loss
      print "done"
      """)
    #expect(run.output == "done\n", "\(run.messages)")
  }

  @Test func `a padding's row stays zero and a computed number that is no class gives nan`() {
    let run = ScriptRun(
      """
      seed 1
      e = embedding(3, 2, padding_idx=0)
      print sum(abs(e.weight[0])), e([[0]]), sum(abs(grad(fn(m) sum(m([[0, 1]])), e).weight), axis=1)
      m = seq(fn(x) x + 2, e)
      print m([[1]]), m([-1]).shape
      """)
    #expect(run.output == "0 [[[0, 0]]] [0, 2, 0]\n[[[nan, nan]]] [1, 2]\n", "\(run.messages)")
  }

  @Test func `numbers of the data that are no class are refused before the first step`() {
    let head = "model = seq(embedding(3, 2), flatten, linear(4, 1)); loss = mse(); opt = sgd()\n"
    let data = "data = ([[0, 1], [2, 3]], [[1], [0]])\non epoch { print epoch }\n"
    let said = "row 1 of the input holds 3, and rows are chosen by whole numbers from 0 to 2"
    #expect(ScriptRun(head + data + "train 2").messages == ["4:1 E0209 \(said)"])
    #expect(ScriptRun(head + "print model([[1, 0.5]])").messages.first?.contains("row 0 of the input holds 0.5") == true)
    #expect(ScriptRun("print embedding(3, 2)([1, -1])").messages.first?.contains("the input holds -1") == true)
  }

  @Test func `what attention sees is what softmax over those before gives`() {
    let run = ScriptRun(
      """
      seed 2
      a = multihead_attention(4, 1, causal=true)
      x = randn(2, 5, 4)
      w = a.in_proj_weight
      q = x @ transpose(w[..<4]); k = x @ transpose(w[4..<8]); v = x @ transpose(w[8...])
      t = arange(5)
      s = where(t.reshape(5, 1) >= t, q @ permute(k, 0, 2, 1) / 2, -1e30)
      own = softmax(s, axis=-1) @ v @ transpose(a.out_proj.weight)
      print max(abs(own - a(x))) < 1e-6, a(x)[:, 0].shape
      """)
    #expect(run.output == "true [2, 4]\n", "\(run.messages)")
  }
}
