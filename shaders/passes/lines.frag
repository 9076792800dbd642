in vec4 shade;
layout(location = 0) out vec4 picture;
void main() { picture = shade; }
