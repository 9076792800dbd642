// Triangles of the interface: window units from the upper left corner; an instance is a rectangle that clips.
layout(location = 0) in vec2 position;
layout(location = 1) in vec2 uv;
layout(location = 2) in vec4 color;
layout(location = 3) in vec4 clip; // left, top, right, bottom
layout(std140, binding = 2) uniform Interface { vec4 display; }; // origin, 2 / size

layout(location = 0) out vec2 v_uv;
layout(location = 1) out vec4 v_color;
layout(location = 2) out vec2 v_position;
layout(location = 3) flat out vec4 v_clip;

void main() {
    vec2 p = (position - display.xy) * display.zw;
    gl_Position = vec4(p.x - 1.0, 1.0 - p.y, 0.0, 1.0);
    v_uv = uv;
    v_color = color;
    v_position = position;
    v_clip = clip;
}
