"""What a picture of a graph is made of: boxes, marks, heatmaps, and the SVG they become."""
