// One colour.
layout(std140, binding = 2) uniform Flat { vec4 flat_color; };
layout(location = 0) out vec4 color;

void main() { color = flat_color; }
