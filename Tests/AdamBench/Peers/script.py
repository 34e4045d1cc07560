# Part NNN: a model, its data and a training
seed(NNN)
rate_NNN = 1e-3 * (NNN + 1) / 2.5
def scale_NNN(x, by=2.0):
    y = x * by + rate_NNN
    if y > 10: y = y / 2
    else: y = y - 1
    return y

values_NNN = [1, 2, 3.5, -4e-2, scale_NNN(3), scale_NNN(4, by=2)]
total_NNN = 0
for k, v in enumerate(values_NNN):
    total_NNN += v * k                         # weighted by the place
    while total_NNN > 100: total_NNN = total_NNN - 7

names_NNN = dict(first="run NNN", second=[0, 1], third=total_NNN >= 3 and not False)
model_NNN = seq(linear(4, 32), relu, dropout(0.1), linear(32, 1))
opt_NNN = adamw(lr=rate_NNN, weight_decay=0.01, betas=(0.9, 0.999))
x_NNN = zeros(8, 4) + 0.5; t_NNN = x_NNN[:, 0] * 2 - x_NNN[0:8, 1] ** 2
train(2, model=model_NNN, data=(x_NNN, x_NNN[:, 0:1]), loss=mse(), opt=opt_NNN)
print(f"total {total_NNN:.3f} of {names_NNN['first']}: {len(values_NNN)} values")
