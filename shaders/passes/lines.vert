#include "generated/view.glsl"
layout(location = 0) in vec3 offset;
layout(location = 1) in ivec3 cell;
layout(location = 2) in vec4 color;
out vec4 shade;

void main() {
    gl_Position = clip_from_world * vec4(offset + vec3(cell - camera_cell.xyz) * 1024.0, 1.0);
    gl_Position.z *= 1.005;  // half a percent nearer (depth is reversed), so that lines on a surface are whole
    shade = color;
}
