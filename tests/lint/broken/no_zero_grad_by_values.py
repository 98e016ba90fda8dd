"""The same with Values and a step written by hand."""

from autograd import Value

slope, height = Value(0.0), Value(0.0)
points = [(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]
for _ in range(20):
    loss = sum((slope * x + height - y) ** 2 for x, y in points)
    loss.backward()  # wrong
    slope.data -= 0.01 * slope.grad
    height.data -= 0.01 * height.grad
