// Boxes and letters of a screen: an instance is a rectangle in pixels from the upper left corner.
layout(location = 0) in vec4 rect; // x, y, width, height
layout(location = 1) in vec4 texels; // of a letter: x, y, width, height in the picture of all letters
layout(location = 2) in vec4 shape; // radius, width of the edge, softness, 1 for a letter
layout(location = 3) in vec4 fill;
layout(location = 4) in vec4 edge;
layout(std140, binding = 2) uniform Screen { vec4 display; }; // 2 / size

layout(location = 0) out vec2 v_at; // pixels from the middle of a box, or texels of a letter
layout(location = 1) flat out vec2 v_half;
layout(location = 2) flat out vec4 v_shape;
layout(location = 3) flat out vec4 v_fill;
layout(location = 4) flat out vec4 v_edge;

void main() {
    vec2 corner = vec2(gl_VertexID == 1 || gl_VertexID == 2 || gl_VertexID == 4, gl_VertexID == 2 || gl_VertexID == 4 || gl_VertexID == 5);
    vec2 p = (rect.xy + corner * rect.zw) * display.xy;
    gl_Position = vec4(p.x - 1.0, 1.0 - p.y, 0.0, 1.0);
    v_at = shape.w > 0.5 ? texels.xy + corner * texels.zw : (corner - 0.5) * rect.zw;
    v_half = rect.zw * 0.5;
    v_shape = shape;
    v_fill = fill;
    v_edge = edge;
}
