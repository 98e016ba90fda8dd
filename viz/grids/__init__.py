"""Pictures of number grids: a kernel that slides, images, kernels, feature maps."""
